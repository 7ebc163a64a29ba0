package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/lane-go/lane/kernels"
)

// A cell is a kernel of recurrent networks: each unit is computed by itself, from as many
// elements of each operand as that has parts.
type cell struct {
	kernel   string
	operands []cellOperand
	call     func(s *kernels.Set, v [][]float32)
	judge    func(was, got [][]float32) error // of one unit: an element of each part

	aliases [2]int // two operands that may be the same slice, the first of which is written
}

type cellOperand struct {
	name    string
	parts   int
	written bool
	bound   func(x float64) float64 // to the range of an activation; nil for none
}

var cells = []cell{
	{
		kernel: "LSTMForward", aliases: [2]int{1, 4},
		operands: []cellOperand{{"gates", 4, true, nil}, {"c", 1, true, nil}, {"tanhC", 1, true, nil}, {"h", 1, true, nil}, {"before", 1, false, nil}},
		call:     func(s *kernels.Set, v [][]float32) { s.LSTMForward(v[0], v[1], v[2], v[3], v[4]) },
		judge: func(was, got [][]float32) error {
			gates, c, tanhC, h := got[0], got[1][0], got[2][0], got[3][0]
			for k, a := range was[0] {
				if err := gateFunction(k == 2).judge(gates[k], a); err != nil {
					return fmt.Errorf("gate %d %w", k, err)
				}
			}
			kept, added := product(gates[1], was[4][0]), product(gates[0], gates[2])
			if err := near(c, kept+added, math.Abs(kept)+math.Abs(added)); err != nil {
				return fmt.Errorf("c: %w", err)
			}
			if err := tanh.judge(tanhC, c); err != nil {
				return fmt.Errorf("tanhC %w", err)
			}
			return equal(h, gates[3]*tanhC)
		},
	},
	{
		kernel: "LSTMBackward",
		operands: []cellOperand{{"gates", 4, true, logistic}, {"dc", 1, true, nil}, {"before", 1, false, nil},
			{"tanhC", 1, false, math.Tanh}, {"dh", 1, false, nil}},
		call: func(s *kernels.Set, v [][]float32) { s.LSTMBackward(v[0], v[1], v[2], v[3], v[4]) },
		judge: func(was, got [][]float32) error {
			i, f, g, o := float64(was[0][0]), float64(was[0][1]), float64(was[0][2]), float64(was[0][3])
			dc, before, tanhC, dh := float64(was[1][0]), float64(was[2][0]), float64(was[3][0]), float64(was[4][0])
			d := dc + dh*o*(1-tanhC*tanhC)
			size := math.Abs(dc) + math.Abs(dh*o)*2 + leastNormal
			for _, c := range []struct {
				name       string
				got        float32
				want, size float64
			}{
				{"i", got[0][0], d * g * i * (1 - i), size * g * i * (1 - i)},
				{"f", got[0][1], d * before * f * (1 - f), size * math.Abs(before) * f * (1 - f)},
				{"g", got[0][2], d * i * (1 - g*g), size * i * 2},
				{"o", got[0][3], dh * tanhC * o * (1 - o), (math.Abs(dh*tanhC) + leastNormal) * o * (1 - o)},
				{"c", got[1][0], d * f, size * f},
			} {
				if err := near(c.got, c.want, c.size); err != nil {
					return fmt.Errorf("gradient of %s: %w", c.name, err)
				}
			}
			return nil
		},
	},
	{
		kernel:   "GRUForward",
		operands: []cellOperand{{"gates", 3, true, nil}, {"h", 1, true, nil}, {"state", 3, false, nil}, {"before", 1, false, nil}},
		call:     func(s *kernels.Set, v [][]float32) { s.GRUForward(v[0], v[1], v[2], v[3]) },
		judge: func(was, got [][]float32) error {
			gates, state := was[0], was[2]
			r, z, n := got[0][0], got[0][1], got[0][2]
			for k, v := range []float32{r, z} {
				if err := gateFunction(false).judge(v, gates[k]+state[k]); err != nil {
					return fmt.Errorf("gate %d %w", k, err)
				}
			}
			p, q := float64(gates[2]), product(r, state[2])
			lost := 2 * (unitRoundoff*(math.Abs(p)+math.Abs(q)) + tiniest)
			if a := p + q; a-a == 0 && (float64(n) < math.Tanh(a-lost)-unitRoundoff || float64(n) > math.Tanh(a+lost)+unitRoundoff) || a != a != (n != n) {
				return fmt.Errorf("n: got %g, want %g", n, math.Tanh(a))
			}
			fresh, kept := product(1-z, n), product(z, was[3][0])
			return near(got[1][0], fresh+kept, math.Abs(fresh)+math.Abs(kept))
		},
	},
	{
		kernel: "GRUBackward",
		operands: []cellOperand{{"gates", 3, true, logistic}, {"state", 3, true, nil}, {"dbefore", 1, true, nil},
			{"before", 1, false, nil}, {"dh", 1, false, nil}},
		call: func(s *kernels.Set, v [][]float32) { s.GRUBackward(v[0], v[1], v[2], v[3], v[4]) },
		judge: func(was, got [][]float32) error {
			r, z, n, state := float64(was[0][0]), float64(was[0][1]), float64(was[0][2]), float64(was[1][2])
			dbefore, before, d := float64(was[2][0]), float64(was[3][0]), float64(was[4][0])
			dn := d * (1 - z) * (1 - n*n)
			size := math.Abs(d)*(1-z)*2 + leastNormal
			for _, c := range []struct {
				name       string
				got, again float32
				want, size float64
			}{
				{"r", got[0][0], got[1][0], dn * state * r * (1 - r), size * math.Abs(state) * r * (1 - r)},
				{"z", got[0][1], got[1][1], d * (before - n) * z * (1 - z), (math.Abs(d) + leastNormal) * (math.Abs(before) + n) * z * (1 - z)},
				{"n", got[0][2], got[0][2], dn, size},
				{"n from state", got[1][2], got[1][2], dn * r, size * r},
				{"h before", got[2][0], got[2][0], dbefore + d*z, math.Abs(dbefore) + math.Abs(d*z)},
			} {
				if err := near(c.got, c.want, c.size); err != nil {
					return fmt.Errorf("gradient of %s: %w", c.name, err)
				}
				if err := equal(c.again, c.got); err != nil {
					return fmt.Errorf("gradient of %s in state: %w", c.name, err)
				}
			}
			return nil
		},
	},
}

// leastNormal is added to the size of a factor that may be denormal: what that is wrong by grows with the other factors.
const leastNormal = 0x1p-126

var sigmoid, tanh = &Functions[1], &Functions[2]

func gateFunction(candidate bool) *Function {
	if candidate {
		return tanh
	}
	return sigmoid
}

func product(x, y float32) float64 { return float64(x) * float64(y) }

func (c cell) run(s *kernels.Set, e effort) error {
	err := e.each(func(n, offset int) error {
		return c.check(s, n, offset, func(k, n int) []float32 { return numbers(n, uint64(20+k)) })
	})
	if err != nil {
		return err
	}
	// Each special value meets each, in every pair of operands. Products of huge ones may
	// overflow on the way, in some order.
	values := slices.DeleteFunc(slices.Clone(specials), func(v float32) bool {
		return math.Abs(float64(v)) > 0x1p24 && !math.IsInf(float64(v), 0)
	})
	for turn := range values {
		err := c.check(s, len(values), turn%16, func(k, n int) []float32 {
			x := make([]float32, n)
			for j := range x {
				x[j] = values[(j+(k+j/len(values))*turn)%len(values)]
			}
			return x
		})
		if err != nil {
			return fmt.Errorf("specials, turn %d: %w", turn, err)
		}
	}
	return nil
}

// check judges n units in guarded slices; draw returns n numbers for operand k.
func (c cell) check(s *kernels.Set, n, offset int, draw func(k, n int) []float32) error {
	if err := c.checkAlias(s, n, offset, draw, false); err != nil || c.aliases[0] == c.aliases[1] {
		return err
	}
	if err := c.checkAlias(s, n, offset, draw, true); err != nil {
		return fmt.Errorf("%s is %s: %w", c.operands[c.aliases[0]].name, c.operands[c.aliases[1]].name, err)
	}
	return nil
}

func (c cell) checkAlias(s *kernels.Set, n, offset int, draw func(k, n int) []float32, alias bool) error {
	memories := make([]region, len(c.operands))
	was, got := make([][]float32, len(c.operands)), make([][]float32, len(c.operands))
	for k, o := range c.operands {
		was[k] = draw(k, o.parts*n)
		if o.bound != nil {
			for j, v := range was[k] {
				was[k][j] = float32(o.bound(float64(v)))
			}
		}
		got[k] = memories[k].carve((offset+3*k)%16, was[k])
	}
	operands := slices.Clone(got)
	if alias {
		copy(operands[c.aliases[0]], was[c.aliases[1]])
		operands[c.aliases[1]] = operands[c.aliases[0]]
	}
	c.call(s, operands)
	for j := range n {
		if err := c.judge(c.unit(was, n, j), c.unit(got, n, j)); err != nil {
			return fmt.Errorf("unit %d of %d: %w", j, n, err)
		}
	}
	for k, o := range c.operands {
		err := memories[k].intact(o.name)
		if !o.written {
			err = memories[k].unchanged(o.name, was[k])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unit returns the elements of unit j.
func (c cell) unit(v [][]float32, n, j int) [][]float32 {
	unit := make([][]float32, len(c.operands))
	for k, o := range c.operands {
		for p := range o.parts {
			unit[k] = append(unit[k], v[k][p*n+j])
		}
	}
	return unit
}
