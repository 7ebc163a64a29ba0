package main

import (
	"bytes"
	"fmt"
	"go/format"
	"reflect"
	"strings"

	"github.com/lane-go/lane/kernels"
)

// A table is what a kernels.Set says of the kernels of one instruction set.
type table struct {
	suffix        string // of the kernels' names, and in lower case the set's
	mr, nr, dotMR int
}

// sets returns the Go source of functions that return the tables as sets: every kernel in the field of its name, but for those of
// bfloat16s, which not every CPU of an instruction set has.
func sets(tables ...table) ([]byte, error) {
	for kernel := range signatures {
		if _, ok := reflect.TypeFor[kernels.Set]().FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, kernel) }); !ok {
			return nil, fmt.Errorf("kernel %s has no field in kernels.Set", kernel)
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\n//go:build !purego\n\npackage lane\n\nimport \"github.com/lane-go/lane/kernels\"\n", configuration("lane").GeneratedWarning())
	for _, t := range tables {
		name := strings.ToLower(t.suffix)
		fmt.Fprintf(&b, "\n// %s returns the kernels of %s.\nfunc %[1]s() *kernels.Set {\nreturn &kernels.Set{\nName: %[1]q,\n", name, t.suffix)
		for field := range reflect.TypeFor[kernels.Set]().Fields() {
			switch kernel := kernelOf(field.Name); {
			case field.Type.Kind() != reflect.Func || strings.HasSuffix(kernel, "BF16"):
			case kernel == "":
				return nil, fmt.Errorf("kernels.Set.%s has no kernel", field.Name)
			default:
				fmt.Fprintf(&b, "%s: %s,\n", field.Name, kernel+t.suffix)
			}
		}
		fmt.Fprintf(&b, "MR: %d,\nNR: %d,\nDotMR: %d,\n}\n}\n", t.mr, t.nr, t.dotMR)
	}
	return format.Source(b.Bytes())
}

// kernelOf returns the kernel of a field of kernels.Set, "" if there is none.
func kernelOf(field string) string {
	for kernel := range signatures {
		if strings.EqualFold(kernel, field) {
			return kernel
		}
	}
	return ""
}
