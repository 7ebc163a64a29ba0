package neon

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEncodings has every instruction read back by GNU's disassembler. LANE_REQUIRE=neon makes its absence a failure.
func TestEncodings(t *testing.T) {
	objdump, err := exec.LookPath("aarch64-linux-gnu-objdump")
	if required := strings.Split(os.Getenv("LANE_REQUIRE"), ","); err != nil && !slices.Contains(required, "neon") {
		t.Skip("no disassembler here: it is in the package binutils-aarch64-linux-gnu")
	}
	require.NoError(t, err, "LANE_REQUIRE")

	words := everyWord()
	var code []byte
	for _, w := range words {
		code = binary.LittleEndian.AppendUint32(code, w.Code)
	}
	file := filepath.Join(t.TempDir(), "words")
	require.NoError(t, os.WriteFile(file, code, 0o666))
	out, err := exec.Command(objdump, "-D", "-z", "-b", "binary", "-m", "aarch64", file).CombinedOutput()
	require.NoError(t, err, "%s", out)

	texts := disassembled(string(out))
	require.Len(t, texts, len(words))
	for i, w := range words {
		require.Equal(t, w.GNU, texts[i], "%#08x", w.Code)
	}
}

// everyWord returns every instruction, each operand swept over registers that set each bit of its number.
func everyWord() []Word {
	swept := []V{0, 1, 2, 4, 8, 16, 31}
	var words []Word
	for _, d := range swept {
		for _, n := range swept {
			words = append(words, FMAXV(n, d), FCVTL(n, d), FCVTL2(n, d), FADDPAcross(n, d))
			for _, shift := range []int{1, 2, 4, 8, 16, 31, 32} {
				words = append(words, SSHR(shift, n, d), SQSHLU(shift-1, n, d))
			}
			for _, a := range []Arrangement{S4, D2} {
				words = append(words, FNEG(a, n, d), FABS(a, n, d), FSQRT(a, n, d),
					FRINTN(a, n, d), FCVTNS(a, n, d))
			}
			for _, m := range swept {
				for _, a := range []Arrangement{S4, D2} {
					words = append(words, FADD(a, m, n, d), FSUB(a, m, n, d), FMUL(a, m, n, d), FDIV(a, m, n, d),
						FMAX(a, m, n, d), FMIN(a, m, n, d), FADDP(a, m, n, d), FCMGE(a, m, n, d))
				}
				for element := range 4 {
					words = append(words, FMLAByElement(m, element, n, d), FMULByElement(m, element, n, d))
				}
			}
		}
	}
	return words
}

// disassembled returns the instructions of objdump's output, whose lines are an address, the code and
// the text, the last with a tab after the name.
func disassembled(out string) []string {
	var texts []string
	for line := range strings.Lines(out) {
		if columns := strings.SplitN(strings.TrimSpace(line), "\t", 3); len(columns) == 3 {
			texts = append(texts, strings.ReplaceAll(columns[2], "\t", " "))
		}
	}
	return texts
}
