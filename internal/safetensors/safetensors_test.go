package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lane-go/lane/internal/safetensors"
	"github.com/stretchr/testify/require"
)

func Example() {
	var file bytes.Buffer
	err := safetensors.Write(&file, []safetensors.Tensor{
		{Name: "weight", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "bias", Shape: []int{2}, Data: []float32{0.5, -0.5}},
	}, map[string]string{"made by": "an example"})
	fmt.Println(err)

	tensors, metadata, err := safetensors.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
	for _, t := range tensors {
		fmt.Println(t.Name, t.Shape, t.Data)
	}
	fmt.Println(metadata, err)
	// Output:
	// <nil>
	// bias [2] [0.5 -0.5]
	// weight [2 3] [1 2 3 4 5 6]
	// map[made by:an example] <nil>
}

// file puts a header and data together as the format says: the length of the header in eight
// bytes, the header, the data.
func file(header, data string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func read(b []byte) ([]safetensors.Tensor, map[string]string, error) {
	return safetensors.Read(bytes.NewReader(b), int64(len(b)))
}

// What other programs write, byte by byte: the order of the fields, no blanks, sorted names, padding to 8.
func TestGoldenBytes(t *testing.T) {
	for _, c := range []struct {
		name     string
		tensors  []safetensors.Tensor
		metadata map[string]string
		want     []byte
	}{
		{"nothing", nil, nil, file("{}      ", "")},
		{"metadata alone", nil, map[string]string{"format": "pt"}, file(`{"__metadata__":{"format":"pt"}}`, "")},
		{
			"one space of padding",
			[]safetensors.Tensor{{Name: "bias.0", Shape: []int{1, 2, 1}, Data: []float32{1, -2}}},
			nil,
			file(`{"bias.0":{"dtype":"F32","shape":[1,2,1],"data_offsets":[0,8]}} `, "\x00\x00\x80\x3f\x00\x00\x00\xc0"),
		},
		{
			"sorted, scalar, empty",
			[]safetensors.Tensor{
				{Name: "b", Shape: nil, Data: []float32{float32(math.Inf(1))}},
				{Name: "a<é>", Shape: []int{0, 3}, Data: nil},
			},
			map[string]string{"y": "2", "x": "\"1\""},
			file(`{"__metadata__":{"x":"\"1\"","y":"2"},"a<é>":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},`+
				`"b":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   `, "\x00\x00\x80\x7f"),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got bytes.Buffer
			require.NoError(t, safetensors.Write(&got, c.tensors, c.metadata))
			require.Equal(t, string(c.want), got.String())
			tensors, metadata, err := read(c.want)
			require.NoError(t, err)
			require.Len(t, tensors, len(c.tensors))
			require.Equal(t, c.metadata, metadata)
		})
	}
}

func TestRoundTrip(t *testing.T) {
	large := make([]float32, 70_001) // several chunks and a rest
	for i := range large {
		large[i] = math.Float32frombits(uint32(i) * 2654435761) // every kind of bits, NaNs too
	}
	tensors := []safetensors.Tensor{
		{Name: "", Shape: []int{}, Data: []float32{math.Float32frombits(0x7f800001)}},
		{Name: "large", Shape: []int{1, 70_001}, Data: large},
		{Name: "none", Shape: []int{3, 0}, Data: []float32{}},
		{Name: "z", Shape: []int{2, 1, 2}, Data: []float32{float32(math.Copysign(0, -1)), 1e-45, math.MaxFloat32, 0}},
	}
	metadata := map[string]string{"lane.vocab": `["<eos>","the"]`, "": "\x00\u2028"}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, safetensors.Write(f, tensors, metadata))
	require.NoError(t, f.Close())

	got, gotMetadata, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, metadata, gotMetadata)
	requireSameBits(t, tensors, got)
}

func requireSameBits(t *testing.T, want, got []safetensors.Tensor) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		g := got[i]
		require.Equal(t, w.Name, g.Name)
		require.Equal(t, w.Shape, g.Shape)
		require.Len(t, g.Data, len(w.Data))
		for j := range w.Data {
			if math.Float32bits(w.Data[j]) != math.Float32bits(g.Data[j]) {
				t.Fatalf("tensor %q, element %d: %x, want %x", w.Name, j, math.Float32bits(g.Data[j]), math.Float32bits(w.Data[j]))
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	one := []float32{1}
	for _, c := range []struct {
		want     string
		tensors  []safetensors.Tensor
		metadata map[string]string
	}{
		{`two tensors have the name "a"`, []safetensors.Tensor{{Name: "a", Shape: []int{1}, Data: one}, {Name: "b", Shape: []int{1}, Data: one}, {Name: "a", Shape: []int{1}, Data: one}}, nil},
		{"reserved for the metadata", []safetensors.Tensor{{Name: "__metadata__", Shape: []int{1}, Data: one}}, nil},
		{"name is not valid UTF-8", []safetensors.Tensor{{Name: "\xff", Shape: []int{1}, Data: one}}, nil},
		{"shape [2 3] needs 6 elements, there are 1", []safetensors.Tensor{{Name: "a", Shape: []int{2, 3}, Data: one}}, nil},
		{"shape [-1 -1] has a negative size", []safetensors.Tensor{{Name: "a", Shape: []int{-1, -1}, Data: one}}, nil},
		{"too large to be indexed", []safetensors.Tensor{{Name: "a", Shape: []int{math.MaxInt/2 + 1, 4}, Data: nil}}, nil},
		{"not valid UTF-8", nil, map[string]string{"k": "\xc3"}},
	} {
		var out bytes.Buffer
		err := safetensors.Write(&out, c.tensors, c.metadata)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "safetensors: ")
		require.Zero(t, out.Len(), "nothing may be written before the check")
	}
}

func TestWriteRefusesAHugeHeader(t *testing.T) {
	if testing.Short() {
		t.Skip("encodes 100 MB")
	}
	tooMuch := map[string]string{"k": strings.Repeat("x", 100_000_000)}
	err := safetensors.Write(io.Discard, nil, tooMuch)
	require.Equal(t, err, safetensors.Check(nil, tooMuch))
	require.ErrorContains(t, err, "keep less metadata")
}

// limitedWriter fails after n bytes.
type limitedWriter struct{ n int }

var errFull = errors.New("full")

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return 0, errFull
	}
	w.n -= len(p)
	return len(p), nil
}

func TestWriteReportsFailedWrites(t *testing.T) {
	tensors := []safetensors.Tensor{{Name: "a", Shape: []int{4}, Data: make([]float32, 4)}}
	require.ErrorIs(t, safetensors.Write(&limitedWriter{10}, tensors, nil), errFull)
	require.ErrorIs(t, safetensors.Write(&limitedWriter{79}, tensors, nil), errFull)
	require.NoError(t, safetensors.Write(&limitedWriter{80}, tensors, nil))
}

func TestReadDTypes(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		dtype string
		bits  []uint64
		size  int
		want  []float32
	}{
		{"F32", []uint64{0x3f800000, 0x80000000, 0x7f800000, 1}, 4, []float32{1, 0, inf, 1e-45}},
		{"F16", []uint64{0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x8000, 0x7c00, 0xfc00, 0x7e00}, 2,
			[]float32{1, -2, 0.333251953125, 65504, 0x1p-14, 0x1p-24, 0x3ffp-24, 0, inf, -inf, nan}},
		{"BF16", []uint64{0x3f80, 0xc000, 0x3eab, 0x7f7f, 0x0001, 0xff80, 0x7fc0}, 2,
			[]float32{1, -2, 0.333984375, 0x1.fep127, 0x1p-133, -inf, nan}},
		{"F64", []uint64{
			math.Float64bits(1), math.Float64bits(0.1), math.Float64bits(-math.MaxFloat32),
			math.Float64bits(1e-60), math.Float64bits(math.Inf(-1)), math.Float64bits(math.NaN()),
		}, 8, []float32{1, 0.1, -math.MaxFloat32, 0, -inf, nan}},
	} {
		t.Run(c.dtype, func(t *testing.T) {
			var data []byte
			for _, b := range c.bits {
				data = append(data, binary.LittleEndian.AppendUint64(nil, b)[:c.size]...)
			}
			header := fmt.Sprintf(`{"x":{"dtype":%q,"shape":[%d],"data_offsets":[0,%d]}}`, c.dtype, len(c.bits), len(data))
			tensors, metadata, err := read(file(header, string(data)))
			require.NoError(t, err)
			require.Nil(t, metadata)
			require.Len(t, tensors[0].Data, len(c.want))
			for i, want := range c.want {
				got := tensors[0].Data[i]
				require.True(t, got == want || got != got && want != want, "element %d: %v, want %v", i, got, want)
			}
		})
	}
}

// Every binary16 agrees with its definition, (−1)^s · 2^(e−15) · 1.f.
func TestReadEveryHalf(t *testing.T) {
	data := make([]byte, 0, 2<<16)
	for h := range 1 << 16 {
		data = binary.LittleEndian.AppendUint16(data, uint16(h))
	}
	tensors, _, err := read(file(`{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}`, string(data)))
	require.NoError(t, err)
	for h, got := range tensors[0].Data {
		s, e, f := h>>15, h>>10&31, float64(h&1023)/1024
		want := math.Ldexp(1+f, e-15)
		switch {
		case e == 0:
			want = math.Ldexp(f, -14)
		case e == 31 && f == 0:
			want = math.Inf(1)
		case e == 31:
			want = math.NaN()
		}
		if s == 1 {
			want = -want
		}
		g := float64(got)
		if g != want && !(g != g && want != want) || (want == 0 && math.Signbit(g) != (s == 1)) {
			t.Fatalf("half %#04x: %v, want %v", h, g, want)
		}
	}
}

// The order of the entries in the header, of the fields in an entry, blanks between them, and
// empty tensors between others are all free.
func TestReadAcceptsAnyOrder(t *testing.T) {
	tensors, metadata, err := read(file(`{ "b" : {"data_offsets":[4,8], "shape":[1], "dtype":"F32"},
		"e": {"dtype":"F32","shape":[0],"data_offsets":[4,4]},
		"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}, "__metadata__":{} }   `, "\x00\x00\x80\x3f\x00\x00\x00\x40"))
	require.NoError(t, err)
	require.Empty(t, metadata)
	requireSameBits(t, []safetensors.Tensor{
		{Name: "a", Shape: []int{}, Data: []float32{1}},
		{Name: "b", Shape: []int{1}, Data: []float32{2}},
		{Name: "e", Shape: []int{0}, Data: []float32{}},
	}, tensors)
}

func TestReadRefuses(t *testing.T) {
	entry := func(shape, offsets string) string {
		return `{"a":{"dtype":"F32","shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty file", "truncated: 0 bytes", nil},
		{"short length", "truncated: 7 bytes", make([]byte, 7)},
		{"short header", "a header of 300 bytes is announced and 2 bytes follow", append([]byte{44, 1, 0, 0, 0, 0, 0, 0}, "{}"...)},
		{"huge header", "more than the format's 100000000; is this", append(bytes.Repeat([]byte{0xff}, 8), "{}"...)},
		{"header over the bound", "a header of 100000001 bytes", append([]byte{0x01, 0xe1, 0xf5, 0x05, 0, 0, 0, 0}, "{}"...)},
		{"empty header", "does not begin with {", file("", "")},
		{"blank first", "does not begin with {", file(" {}", "")},
		{"not JSON", "malformed header", file("{nonsense}", "")},
		{"unclosed", "it ends within a value", file(`{"a":{"dtype":"F32"`, "")},
		{"two objects", "2 bytes follow the last }", file(`{}{}`, "")},
		{"zero bytes as padding", "bytes follow the last }", file("{}\x00\x00", "")},
		{"invalid UTF-8", "not valid UTF-8", file("{\"\xff\":{}}", "")},
		{"array entry", "[ where { is expected", file(`{"a":[]}`, "")},
		{"doubled name", `"a" occurs twice`, file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, "")},
		{"doubled name, escaped", `"a" occurs twice`, file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{}}`, "")},
		{"doubled field", `"dtype" occurs twice`, file(`{"a":{"dtype":"F32","dtype":"F32","data_offsets":[0,0]}}`, "")},
		{"missing field", "not all there", file(`{"a":{"dtype":"F32","shape":[0]}}`, "")},
		{"unknown field", `unknown field "strides"`, file(`{"a":{"dtype":"F32","strides":[0]}}`, "")},
		{"metadata not text", "__metadata__: 1 where a string is expected", file(`{"__metadata__":{"k":1}}`, "")},
		{"metadata not an object", "where { is expected", file(`{"__metadata__":"k"}`, "")},
		{"doubled metadata", `"k" occurs twice`, file(`{"__metadata__":{"k":"1","k":"2"}}`, "")},
		{"dtype of whole numbers", `tensor "a": dtype "I64": only F32, F16, BF16 and F64 are read`, file(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, "12345678")},
		{"dtype not a string", "4 where a string is expected", file(`{"a":{"dtype":4}}`, "")},
		{"negative size", "-1 where a whole number", file(entry("[-1]", "[0,4]"), "1234")},
		{"fraction", "1.0 where a whole number", file(entry("[1.0]", "[0,4]"), "1234")},
		{"text as size", "where a number is expected", file(entry(`["1"]`, "[0,4]"), "1234")},
		{"nested size", "where a number is expected", file(entry(`[[1]]`, "[0,4]"), "1234")},
		{"shape not an array", "4 where [ is expected", file(entry("4", "[0,4]"), "1234")},
		{"offsets not an array", "4 where [ is expected", file(entry("[1]", "4"), "1234")},
		{"cut within a name", "it ends within a value", file(`{"a`, "")},
		{"cut within a size", "it ends within a value", file(`{"a":{"shape":[1`, "")},
		{"size of 2⁶³", "where a whole number", file(entry("[9223372036854775808]", "[0,4]"), "1234")},
		{"size beyond 63 bits", "where a whole number", file(entry("[18446744073709551616]", "[0,4]"), "1234")},
		{"shape overflows", "too large to be indexed", file(entry("[4294967296,4294967297]", "[0,4]"), "1234")},
		{"shape overflows to zero", "too large to be indexed", file(entry("[4611686018427387904,4]", "[0,0]"), "")},
		{"one offset", "1 data_offsets, not 2", file(entry("[1]", "[4]"), "1234")},
		{"offsets reversed", "ends at byte 0, before its begin at 4", file(entry("[1]", "[4,0]"), "1234")},
		{"shape and range differ", `tensor "a" occupies 4 bytes and its shape [2] as F32 needs 8`, file(entry("[2]", "[0,4]"), "1234")},
		{"not a whole element", "occupies 3 bytes", file(entry("[1]", "[0,3]"), "123")},
		{"gap in front", `4 bytes before tensor "a" belong to none`, file(entry("[1]", "[4,8]"), "12345678")},
		{"overlap", `tensor "b" begins at byte 2, inside the one before, which ends at 4`,
			file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, "123456")},
		{"same range twice", `inside the one before`,
			file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234")},
		{"truncated data", "truncated: the tensors take 8 bytes and 7 are there", file(entry("[2]", "[0,8]"), "1234567")},
		{"trailing data", "the tensors take 8 bytes and 9 are there", file(entry("[2]", "[0,8]"), "123456789")},
		{"large claim", "truncated: the tensors take 1099511627776 bytes and 0 are there", file(entry("[274877906944]", "[0,1099511627776]"), "")},
		{"beyond float32", `tensor "a": element 1, -1e+39, is beyond float32`,
			file(`{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}`,
				string(binary.LittleEndian.AppendUint64(make([]byte, 8), math.Float64bits(-1e39))))},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Contains(c.name, "large claim") && math.MaxInt == math.MaxInt32 {
				t.Skip("the shape can't be indexed with 32 bits")
			}
			tensors, metadata, err := read(c.file)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "safetensors: ")
			require.Nil(t, tensors)
			require.Nil(t, metadata)
		})
	}
}

// A file cut anywhere is refused.
func TestReadRefusesEveryTruncation(t *testing.T) {
	var whole bytes.Buffer
	require.NoError(t, safetensors.Write(&whole, []safetensors.Tensor{
		{Name: "a", Shape: []int{2}, Data: []float32{1, 2}},
		{Name: "b", Shape: []int{1}, Data: []float32{3}},
	}, map[string]string{"k": "v"}))
	for n := range whole.Len() {
		_, _, err := read(whole.Bytes()[:n])
		require.Error(t, err, "%d of %d bytes", n, whole.Len())
	}
}

// shrinkingFile is a file that loses bytes while it is read.
func TestReadOfAFileThatShrinks(t *testing.T) {
	b := file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, "1234567")
	_, _, err := safetensors.Read(bytes.NewReader(b), int64(len(b))+1)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, _, err = safetensors.Read(bytes.NewReader(nil), 100)
	require.Error(t, err)
}

func TestReadFileErrors(t *testing.T) {
	dir := t.TempDir()
	_, _, err := safetensors.ReadFile(filepath.Join(dir, "absent"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "absent")

	_, _, err = safetensors.ReadFile(dir)
	require.EqualError(t, err, "safetensors: "+dir+": not a regular file")

	short := filepath.Join(dir, "short")
	require.NoError(t, os.WriteFile(short, []byte("abc"), 0o666))
	_, _, err = safetensors.ReadFile(short)
	require.ErrorContains(t, err, "safetensors: "+short+": truncated: 3 bytes")
}

// Whatever the bytes are, Read neither panics nor reserves much more than they are; and what it accepts
// comes back the same after Write.
func FuzzRead(f *testing.F) {
	f.Add(file("{}      ", ""))
	f.Add(file(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, "1234"))
	f.Add(file(`{"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},"__metadata__":{"k":"v"}}`, "1234"))
	f.Add(file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[2,10]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}`, "1234567890"))
	f.Add(file(`{"a":{"dtype":"F32","shape":[0,99],"data_offsets":[0,0]}}`, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		tensors, metadata, err := read(b)
		if err != nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, safetensors.Write(&out, tensors, metadata))
		again, metadataAgain, err := read(out.Bytes())
		require.NoError(t, err)
		require.Equal(t, len(metadata), len(metadataAgain))
		for k, v := range metadata {
			require.Equal(t, v, metadataAgain[k])
		}
		requireSameBits(t, tensors, again)
	})
}

// TestParts writes a tensor piece by piece, reads its place back, and refuses pieces that are too few.
func TestParts(t *testing.T) {
	pieces := func(yield func([]float32) bool) { _ = yield([]float32{1, 2}) && yield([]float32{3, 4, 5, 6}) }
	whole := safetensors.Tensor{Name: "a", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}}
	inParts := safetensors.Tensor{Name: "a", Shape: []int{2, 3}, Parts: pieces}
	var want, got bytes.Buffer
	require.NoError(t, safetensors.Write(&want, []safetensors.Tensor{whole}, nil))
	require.NoError(t, safetensors.Write(&got, []safetensors.Tensor{inParts}, nil))
	require.Equal(t, want.Bytes(), got.Bytes())

	inParts.Shape = []int{3, 3}
	require.ErrorContains(t, safetensors.Write(&got, []safetensors.Tensor{inParts}, nil), "3 elements short of its shape [3 3]")

	file := bytes.NewReader(want.Bytes())
	places, metadata, err := safetensors.Locate(file, file.Size())
	require.NoError(t, err)
	require.Nil(t, metadata)
	require.Len(t, places, 1)
	require.Equal(t, "F32", places[0].DType())
	require.Equal(t, 6, places[0].Elements())
	require.Equal(t, file.Size()-24, places[0].Offset)
	some, err := places[0].Read(file, 3)
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3}, some)
	_, _, err = safetensors.Locate(file, file.Size()-1)
	require.ErrorContains(t, err, "safetensors: truncated")
}
