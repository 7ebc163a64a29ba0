package lane

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// house is the picture of CONTRIBUTING.md, executable: which packages of this
// module each package imports. What only tests import counts for bench, which is tests.
var house = map[string]string{
	"kernels":              "",
	"kernels/kerneltest":   "kernels",
	"asm":                  "kernels asm/neon",
	"asm/neon":             "",
	"":                     "kernels internal/hugepages internal/spare",
	"internal/atomicfile":  "",
	"internal/hugepages":   "",
	"internal/packing":     "",
	"internal/safetensors": "",
	"internal/spare":       "",
	"nn":                   "lane internal/spare",
	"nn/nntest":            "lane nn",
	"models/corpus":        "internal/packing",
	"models/wordvec":       "lane internal/atomicfile internal/packing internal/safetensors",
	"models/word2vec":      "lane nn models/corpus models/wordvec internal/atomicfile",
	"models/rnnlm":         "lane nn models/corpus internal/atomicfile internal/safetensors",
	"cmd/lane":             "lane models/corpus models/wordvec models/word2vec models/rnnlm internal/atomicfile internal/packing",
	"bench":                "lane nn models/corpus models/wordvec models/word2vec models/rnnlm",
}

func TestImportsPointDown(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command here")
	}
	out, err := exec.Command("go", "list", "-pgo=off", "-json=ImportPath,Imports,TestImports", "./...").Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("go list: %s", failed.Stderr)
	}
	require.NoError(t, err)
	const module = "github.com/lane-go/lane"
	seen := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath           string
			Imports, TestImports []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		shown, known := house[name]
		require.True(t, known, "package %q is not in the picture: give it a place, with the reason in CONTRIBUTING.md", name)
		imports := p.Imports
		if name == "bench" {
			imports = p.TestImports
		}
		var ours []string
		for _, i := range imports {
			if i == module {
				ours = append(ours, "lane")
			} else if below, ok := strings.CutPrefix(i, module+"/"); ok {
				ours = append(ours, below)
			}
		}
		require.ElementsMatch(t, strings.Fields(shown), ours, "what package %q imports is not what the picture shows", name)
	}
	require.Len(t, house, seen, "the picture shows packages that do not exist")
}
