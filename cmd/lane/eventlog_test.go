package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a killed training said of steps that it had to take again, it says once in the end.
func TestLogOfAResumedTraining(t *testing.T) {
	const one, two, three = `{"event":"progress","step":100}` + "\n", `{"event":"progress","step":200,"epoch_end":true}` + "\n", `{"event":"progress","step":300}` + "\n"
	for name, c := range map[string]struct{ before, after string }{
		"there is none":               {"", three},
		"all was before":              {one + two, one + two + three},
		"some came later":             {one + two + three + `{"event":"progress","step":400}` + "\n", one + two + three},
		"killed while it wrote":       {one + two[:20], one + three},
		"of words":                    {`{"event":"progress","words":299}` + "\n" + `{"event":"progress","words":301}` + "\n", `{"event":"progress","words":299}` + "\n" + three},
		"a training that was done":    {one + `{"event":"done","words":900}` + "\n", one + `{"event":"done","words":900}` + "\n" + three},
		"lines of something else":     {"seen\n" + one, "seen\n" + one + three},
		"nothing but a broken line":   {"{", three},
		"an empty line between lines": {one + "\n" + two, one + "\n" + two + three},
	} {
		path := filepath.Join(t.TempDir(), "log")
		require.NoError(t, os.WriteFile(path, []byte(c.before), 0o600))
		log := newEventLog(nil, path, true, false)
		log.write(map[string]any{"event": "progress", "step": 300}, 300)
		require.NoError(t, log.err)
		log.close()
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, c.after, string(got), name)
	}
}
