package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/lane-go/lane/nn"
	"github.com/lane-go/lane/nn/nntest"
	"github.com/stretchr/testify/require"
)

func ExampleCosine() {
	schedule := nn.Cosine{Max: 1, Min: 0.1, Warmup: 3, Steps: 11}
	for step := range 13 {
		fmt.Printf("%.2f ", schedule.Rate(step))
	}
	// Output: 0.25 0.50 0.75 1.00 0.97 0.87 0.72 0.55 0.38 0.23 0.13 0.10 0.10
}

func ExamplePlateau() {
	schedule := nn.NewPlateau(20, 4)
	for _, perplexity := range []float64{200.5, 161.0, 163.2, 150.4, 150.4} {
		schedule.Observe(perplexity)
		fmt.Print(schedule.Current, " ")
	}
	// Output: 20 20 5 5 1.25
}

var (
	_ nn.Schedule = nn.Constant(1)
	_ nn.Schedule = nn.Cosine{}
	_ nn.Schedule = nn.OneCycle{}
	_ nn.Schedule = &nn.Plateau{}
)

func TestConstant(t *testing.T) {
	require.Equal(t, 0.5, nn.Constant(0.5).Rate(0))
	require.Equal(t, 0.5, nn.Constant(0.5).Rate(1e9))
}

func TestSchedulesMatchPyTorch(t *testing.T) {
	cosine := nn.Cosine{Max: 0.5, Min: 0.01, Steps: 20}
	for step, want := range goldenNumbers(t, "schedule_cosine", "rate") {
		require.InEpsilon(t, want, cosine.Rate(step), 1e-7, "step %d", step)
	}
	for _, steps := range []int{3, 10, 41} {
		name := fmt.Sprintf("schedule_onecycle_%d", steps)
		cycle := nn.NewOneCycle(0.5, steps)
		rates, momenta := goldenNumbers(t, name, "rate"), goldenNumbers(t, name, "momentum")
		require.Len(t, rates, steps)
		for step := range steps {
			require.InEpsilon(t, rates[step], cycle.Rate(step), 1e-7, "%d steps, step %d", steps, step)
			require.InEpsilon(t, momenta[step], cycle.Momentum(step), 1e-7, "%d steps, step %d", steps, step)
		}
	}
}

// goldenNumbers returns an array of a golden file of the schedules, rounded to float32.
func goldenNumbers(t *testing.T, file, array string) []float64 {
	t.Helper()
	m := nntest.LoadGolden(t, "testdata/optim/"+file+".json").Matrix(array)
	numbers := make([]float64, len(m.Data))
	for i, v := range m.Data {
		numbers[i] = float64(v)
	}
	return numbers
}

func TestCosineEnds(t *testing.T) {
	c := nn.Cosine{Max: 1, Min: 0.1, Warmup: 4, Steps: 20}
	require.Equal(t, 0.2, c.Rate(0))
	require.Equal(t, 1.0, c.Rate(4))
	require.Equal(t, 0.1, c.Rate(20))
	require.Equal(t, 0.1, c.Rate(1000))
	require.Equal(t, 0.0, nn.Cosine{Max: 1, Warmup: 5, Steps: 5}.Rate(5), "nothing but warm-up")
	require.Equal(t, 1.0, nn.Cosine{Max: 1, Steps: 1}.Rate(0))
	require.Equal(t, 0.0, nn.Cosine{}.Rate(0))
}

func TestOneCycleShape(t *testing.T) {
	for _, steps := range []int{1, 2, 3, 4, 5, 7, 100} {
		c := nn.NewOneCycle(1, steps)
		for step := range steps + 3 {
			require.GreaterOrEqual(t, c.Rate(step), 1/25e4*0.999)
			require.LessOrEqual(t, c.Rate(step), 1.0)
			require.InDelta(t, 0.9, c.Momentum(step), 0.0500001)
		}
		require.InDelta(t, 1/25e4, c.Rate(steps-1), 1e-12, "%d steps end with the lowest rate", steps)
		require.Equal(t, c.Rate(steps-1), c.Rate(steps+2), "later steps keep the last rate")
	}
	c := nn.NewOneCycle(1, 100)
	require.InDelta(t, 1.0/25, c.Rate(0), 1e-12)
	require.InDelta(t, 1, c.Rate(29), 1e-12)

	always := nn.NewOneCycle(1, 10)
	always.Rise = 1
	require.InDelta(t, 1, always.Rate(9), 1e-12, "rising to the end")
	one := nn.NewOneCycle(1, 1)
	one.Rise = 1
	require.Equal(t, 1.0, one.Rate(0))
	require.PanicsWithValue(t, "nn: NewOneCycle: 0 steps", func() { nn.NewOneCycle(1, 0) })
}

func TestPlateau(t *testing.T) {
	p := nn.NewPlateau(20, 4)
	require.True(t, p.Observe(100))
	require.True(t, p.Observe(90))
	require.False(t, p.Observe(95))
	require.Equal(t, 5.0, p.Rate(3))
	require.False(t, p.Observe(94), "better than the last, not than the best")
	require.Equal(t, 1.25, p.Current)
	require.True(t, p.Observe(-1))
	require.Equal(t, -1.0, p.Best)
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		rate := p.Current
		require.False(t, p.Observe(bad))
		require.Equal(t, rate/4, p.Current)
		require.Equal(t, -1.0, p.Best)
	}
	require.False(t, nn.NewPlateau(1, 2).Observe(math.NaN()), "even as the first")

	saved, err := json.Marshal(p)
	require.NoError(t, err)
	var restored nn.Plateau
	require.NoError(t, json.Unmarshal(saved, &restored))
	require.Equal(t, *p, restored)

	for _, factor := range []float64{1, 0.5, 0, math.NaN()} {
		require.Panics(t, func() { nn.NewPlateau(1, factor) })
	}
}
