package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the CPU computes with in the loops of the matrix product is multiply-adds, and few loads feed them.
func TestTileMultipliesAndAdds(t *testing.T) {
	text := string(arm64().Assembly(configuration("lane")))
	for _, c := range []struct {
		loop, back string
		steps      int
	}{{"Steps", "BGE", neonLanes}, {"Step", "BNE", 1}} {
		label := fmt.Sprintf("tile%dBy%d%s", neonTileRows, neonTileWidth, c.loop)
		_, loop, begins := strings.Cut(text, "\n"+label+":\n")
		loop, _, ends := strings.Cut(loop, "\t"+c.back+" "+label+"\n")
		require.True(t, begins && ends, label)

		n := countInstructions(loop)
		require.Equal(t, c.steps*neonTileRows*neonTileWidth/neonLanes, n.multiplyAdds, label)
		require.GreaterOrEqual(t, float64(n.multiplyAdds), 0.9*float64(n.arithmetic), label)
		t.Logf("%s: %d multiply-adds of %d instructions on the vector units, %.2f for each of %d loads",
			label, n.multiplyAdds, n.arithmetic, float64(n.multiplyAdds)/float64(n.loads), n.loads)
	}
}

// instructions are counts: of loads of vector registers, of what the vector units do, and of multiply-adds among that.
type instructions struct{ loads, arithmetic, multiplyAdds int }

// countInstructions counts those of an assembly text that has nothing to store. Those by name have vector registers where
// they begin with F or V, and load where an operand is in memory; those by code have their name in the comment.
func countInstructions(text string) (n instructions) {
	for line := range strings.Lines(text) {
		code, comment, _ := strings.Cut(strings.TrimSpace(line), " // ")
		name, operands, _ := strings.Cut(code, " ")
		switch {
		case name == "WORD" && strings.HasPrefix(comment, "fmla "), name == "VFMLA":
			n.multiplyAdds++
			n.arithmetic++
		case strings.Contains(operands, "("):
			n.loads++
		case name == "WORD", strings.HasPrefix(name, "F"), strings.HasPrefix(name, "V"):
			n.arithmetic++
		}
	}
	return n
}
