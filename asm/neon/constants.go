package neon

import (
	"fmt"
	"io"
	"math"
)

// pool holds the address of the constants, in functions that load any. Go's compiler keeps the context of a
// closure there, which assembly has none of.
const pool R = 26

// constants are those of a file, each in every lane of a vector, in the order of their first use.
type constants struct{ bits []uint32 }

// offset returns where a constant is, and adds it if it is new.
func (c *constants) offset(bits uint32) int {
	const size = 16
	for i, b := range c.bits {
		if b == bits {
			return size * i
		}
	}
	c.bits = append(c.bits, bits)
	return size * (len(c.bits) - 1)
}

func (c *constants) write(w io.Writer) {
	if len(c.bits) == 0 {
		return
	}
	fmt.Fprintln(w)
	for _, b := range c.bits {
		for half := range 2 {
			fmt.Fprintf(w, "DATA constants<>+%d(SB)/8, $0x%08x%08x\n", c.offset(b)+8*half, b, b)
		}
	}
	fmt.Fprintf(w, "GLOBL constants<>(SB), RODATA|NOPTR, $%d\n", 16*len(c.bits))
}

// Constant loads a number into every lane of a new register. It is a single load, at the cost of a move: a
// kernel may as well ask for a constant again as copy one that it is about to destroy.
func (f *Function) Constant(value float32) V {
	v := f.V()
	f.SetConstant(value, v)
	return v
}

// SetConstant loads a number into every lane of v.
func (f *Function) SetConstant(value float32, v V) {
	f.lines = append(f.lines, f.fromPool(math.Float32bits(value), fmt.Sprint(value), v))
}

// Resident returns the register that has a number in every lane from the beginning of the function on. All
// who ask for it share it, and none may change it.
func (f *Function) Resident(value float32) V {
	return f.resident(math.Float32bits(value), fmt.Sprint(value))
}

// ResidentBits is Resident for a mask or an integer.
func (f *Function) ResidentBits(bits uint32) V { return f.resident(bits, fmt.Sprintf("%#x", bits)) }

func (f *Function) resident(bits uint32, text string) V {
	v, ok := f.residents[bits]
	if !ok {
		v = f.keep()
		f.residents[bits] = v
		load := f.fromPool(bits, text, v)
		f.prologue = append(f.prologue, load)
	}
	return v
}

// fromPool returns the load of a constant, and has the function begin with that of the pool's address.
func (f *Function) fromPool(bits uint32, text string, v V) string {
	if len(f.prologue) == 0 {
		f.prologue = listing{fmt.Sprintf("\tMOVD $constants<>(SB), %v\n", pool)}
	}
	return fmt.Sprintf("\tFMOVQ %s, %s // %s\n", pool.At(f.constants.offset(bits)), v.F(), text)
}
