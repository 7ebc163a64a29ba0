package kerneltest

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

func runLogisticRows(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkLogisticRows(s, offset, r) })
}

func checkLogisticRows(s *kernels.Set, offset int, r Rows) error {
	for _, inPlace := range []bool{false, true} {
		if err := checkLogisticRowsOf(s, offset, inPlace, r); err != nil {
			return fmt.Errorf("dx is x: %v: %w", inPlace, err)
		}
	}
	return nil
}

// checkLogisticRowsOf judges z as DotRows, what is made of it as LogisticErrors, dx as a sum of what was there and multiples of
// the rows as they were, and the rows as AxpyRows.
func checkLogisticRowsOf(s *kernels.Set, offset int, inPlace bool, r Rows) error {
	var m, errors memory
	before, _ := r.operands()
	x, was, sign := numbers(r.Width, 30), numbers(r.Width, 31), signs(len(r.IDs))
	s.Scale(x, 1.0/64, x) // scores of which some are small
	cx, dx := m.x.carve((3*offset+1)%16, x), m.y.carve((5*offset+3)%16, was)
	next := r.IDs[:len(r.IDs)/2]
	if inPlace {
		was, dx = x, cx
		next = append([]int32{-1, 1 << 30}, r.IDs...)
	}
	table, none := m.dst.carve(offset, before), make([]float32, len(r.IDs))
	g, p, z := errors.dst.carve(offset, none), errors.x.carve((3*offset+2)%16, none), errors.y.carve((5*offset+1)%16, none)
	s.LogisticRows(r.Width, dx, cx, table, r.TableStride, r.IDs, g, p, z, 0.025, sign, next)

	for k, id := range r.IDs {
		if err := judgeDot(sign[k]*z[k], x, before[int(id)*r.TableStride:]); err != nil {
			return fmt.Errorf("z[%d]: %w", k, err)
		}
		if err := judgeErrors(g[k], p[k], z[k], 0.025, sign[k]); err != nil {
			return fmt.Errorf("of z[%d]: %w", k, err)
		}
	}
	for j, got := range dx {
		var t total
		t.add(float64(was[j]))
		for k, id := range r.IDs {
			t.add(float64(g[k]) * float64(before[int(id)*r.TableStride+j]))
		}
		if err := t.judge(got); err != nil {
			return fmt.Errorf("dx[%d]: %w", j, err)
		}
	}
	if err := judgeAxpyRows(table, before, r, g, 1, x); err != nil {
		return err
	}
	for name, region := range map[string]*region{"table": &m.dst, "x": &m.x, "dx": &m.y, "g": &errors.dst, "p": &errors.x, "z": &errors.y} {
		if err := region.intact(name); err != nil {
			return err
		}
	}
	if inPlace {
		return nil
	}
	return m.x.unchanged("x", x)
}

func runLogisticPairs(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkLogisticPairs(s, offset, r) })
}

// checkLogisticPairs demands the bits of LogisticRows for one input after the other. The first input is there twice.
func checkLogisticPairs(s *kernels.Set, offset int, r Rows) error {
	const six, outputs = 6, 5
	var inputs, ids []int32
	for i := range len(r.IDs) / 2 {
		inputs = append(inputs, int32(outputs+i%3))
		for k := range six {
			ids = append(ids, r.IDs[(5*i+k)%len(r.IDs)]%outputs)
		}
	}
	var m, scores memory
	before, none, sign := spaced(outputs+3, r.Width, r.TableStride, 32), make([]float32, len(ids)), signs(six)
	for input := outputs; input < outputs+3; input++ {
		row := before[input*r.TableStride:][:r.Width]
		s.Scale(row, 1.0/64, row) // scores of which some are small
	}
	table := m.dst.carve(offset, before)
	g, p, z := scores.dst.carve((3*offset+2)%16, none), scores.x.carve((5*offset+1)%16, none), scores.y.carve((7*offset+3)%16, none)
	next := append([]int32{-1, 1 << 30}, ids[len(ids)/3:]...)
	s.LogisticPairs(r.Width, table, r.TableStride, inputs, ids, g, p, z, 0.025, m.x.carve((3*offset+1)%16, sign), next)

	of := func(x []float32, i int) []float32 { return x[six*i:][:six] }
	errors, right, score := make([]float32, len(ids)), make([]float32, len(ids)), make([]float32, len(ids))
	for i, input := range inputs {
		x := before[int(input)*r.TableStride:][:r.Width]
		s.LogisticRows(r.Width, x, x, before, r.TableStride, ids[six*i:][:six], of(errors, i), of(right, i), of(score, i), 0.025, sign, nil)
	}
	for _, c := range []struct {
		name      string
		got, want []float32
		region    *region
	}{{"table", table, before, &m.dst}, {"g", g, errors, &scores.dst}, {"p", p, right, &scores.x}, {"z", z, score, &scores.y}} {
		for i, v := range c.got {
			if !same(v, c.want[i]) {
				return fmt.Errorf("%s[%d] is %g, and %g by LogisticRows", c.name, i, v, c.want[i])
			}
		}
		if err := c.region.intact(c.name); err != nil {
			return err
		}
	}
	return m.x.unchanged("sign", sign)
}
