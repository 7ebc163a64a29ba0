package corpus

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/lane-go/lane/internal/packing"
	"github.com/stretchr/testify/require"
)

// lines scans the whole text; every line or chunk is its tokens joined with "|".
func lines(t *testing.T, text *Text) []string {
	t.Helper()
	got, err := scanAll(text)
	require.NoError(t, err)
	return got
}

func scanAll(text *Text) ([]string, error) {
	var got []string
	s := text.Scan()
	defer s.Close()
	for s.Next() {
		got = append(got, string(bytes.Join(s.Tokens(), []byte("|"))))
	}
	return got, s.Err()
}

func TestScanLines(t *testing.T) {
	eosOn := Options{EOS: true}
	for _, c := range []struct {
		name, text string
		opts       Options
		want       []string
	}{
		{"empty", "", Options{}, nil},
		{"empty with eos", "", eosOn, nil},
		{"one word", "word", Options{}, []string{"word"}},
		{"one word with eos", "word", eosOn, []string{"word|<eos>"}},
		{"blank lines have no tokens", "\n \n\t\n", Options{}, nil},
		{"blank lines end all the same", "a\n\nb\n", eosOn, []string{"a|<eos>", "<eos>", "b|<eos>"}},
		{"spaces at the end are a line", "a\n  ", eosOn, []string{"a|<eos>", "<eos>"}},
		{"CRLF", "a b\r\nc\r\n", eosOn, []string{"a|b|<eos>", "c|<eos>"}},
		{"missing final newline", "a b\nc", eosOn, []string{"a|b|<eos>", "c|<eos>"}},
		{"byte order mark", "\ufeffa\n", Options{}, []string{"a"}},
		{"only a byte order mark", "\ufeff", eosOn, nil},
		{"Unicode white space", "a\u00a0b\u2003c\u3000d\u0085e\vf", Options{}, []string{"a|b|c|d|e|f"}},
		{"words outside ASCII", "naïve 東京 café", Options{}, []string{"naïve|東京|café"}},
		{"case is kept", "Ab ÉÀ", Options{}, []string{"Ab|ÉÀ"}},
		{"lower case", "Ab ÉÀ ȺȺ İx", Options{Lowercase: true}, []string{"ab|éà|ⱥⱥ|ix"}},
		{"chars", "a é\n\n東\r\n", Options{Units: Chars, EOS: true}, []string{"a| |é|<eos>", "<eos>", "東|<eos>"}},
		{"chars keep a lone CR", "a\rb\r", Options{Units: Chars}, []string{"a|\r|b|\r"}},
		{"chars in lower case", "AÉȺ", Options{Units: Chars, Lowercase: true}, []string{"a|é|ⱥ"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := FromString(c.opts, "text", c.text)
			require.Equal(t, c.want, lines(t, text))
			require.Equal(t, c.want, lines(t, text), "a second reading")
		})
	}
}

func TestScanPosition(t *testing.T) {
	s := FromString(Options{}, "text", "a b\n\nc\n").Scan()
	require.True(t, s.Next())
	require.Equal(t, "text", s.Name())
	require.EqualValues(t, 1, s.Line())
	require.EqualValues(t, 4, s.Bytes())
	require.True(t, s.Next())
	require.EqualValues(t, 3, s.Line(), "the blank line counts")
	require.False(t, s.Next())
	require.False(t, s.Next(), "the end stays the end")
	require.Empty(t, s.Tokens())
	require.EqualValues(t, 7, s.Bytes())
	require.NoError(t, s.Close())
}

func TestLongLineComesInChunks(t *testing.T) {
	long := strings.Repeat("w ", 2*MaxLineTokens+5)
	var sizes []int
	s := FromString(Options{EOS: true}, "text", long+"\nx\n").Scan()
	for s.Next() {
		sizes = append(sizes, len(s.Tokens()))
	}
	require.NoError(t, s.Err())
	require.Equal(t, []int{MaxLineTokens, MaxLineTokens, 6, 2}, sizes)

	exact := strings.Repeat("w ", MaxLineTokens) + "\n"
	require.Len(t, lines(t, FromString(Options{EOS: true}, "text", exact)), 1, "a line of just the most tokens is one chunk")
	require.Len(t, lines(t, FromString(Options{Units: Chars}, "text", strings.Repeat("é", MaxLineTokens+1))), 2)
}

// endless is n bytes of a text without a line end, generated as they are read.
type endless struct {
	pattern string
	n, at   int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at >= e.n {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = e.pattern[(e.at+int64(i))%int64(len(e.pattern))]
	}
	n := min(int64(len(p)), e.n-e.at)
	e.at += n
	return int(n), nil
}

func streaming(opts Options, pattern string, n int64) *Text {
	open := func() (io.ReadCloser, error) { return io.NopCloser(&endless{pattern: pattern, n: n}), nil }
	return &Text{options: opts, sources: []*source{{name: "endless", open: open}}}
}

func TestLineWithoutEndNeedsBoundedMemory(t *testing.T) {
	n := int64(16 << 20)
	if testing.Short() {
		n = 4 << 20
	}
	tokens := int64(0)
	s := streaming(Options{EOS: true}, "abc de é ", n).Scan()
	for s.Next() {
		tokens += int64(len(s.Tokens()))
	}
	require.NoError(t, s.Err())
	require.InDelta(t, n/10*3+1, tokens, 3)
	require.Len(t, s.buf, bufferBytes, "the buffer never grows")
	require.EqualValues(t, 1, s.line)
}

func TestLineOfWhiteSpace(t *testing.T) {
	text := streaming(Options{EOS: true}, " ", 3*bufferBytes+17)
	require.Equal(t, []string{"<eos>"}, lines(t, text))
}

func TestWordLongerThanTheBuffer(t *testing.T) {
	_, err := scanAll(streaming(Options{}, "x", 2*bufferBytes))
	require.EqualError(t, err, "corpus: endless:1: the word at byte 0 is longer than 1048576 bytes: put white space between words, or read characters")
	require.Len(t, lines(t, streaming(Options{Units: Chars}, "x", 100_000)), 10)
}

func TestLinesAcrossBuffers(t *testing.T) {
	var b strings.Builder
	var want []string
	for i := range 200_000 {
		fmt.Fprintf(&b, "line %d é東\r\n", i)
		want = append(want, fmt.Sprintf("line|%d|é東", i))
	}
	require.Equal(t, want, lines(t, FromString(Options{}, "text", b.String())))
	require.Equal(t, want, lines(t, FromReader(Options{}, "text", iotest.OneByteReader(strings.NewReader(b.String())))))
}

func TestInvalidUTF8(t *testing.T) {
	for _, units := range []Units{Words, Chars} {
		for name, c := range map[string]struct{ text, want string }{
			"Latin-1":                   {"good\nna\xefve\n", "corpus: text:2: byte 7 (0xef) is not UTF-8: convert the text, e.g. iconv -f ISO-8859-1 -t UTF-8"},
			"cut short":                 {"caf\xc3", "corpus: text:1: byte 3 (0xc3) is not UTF-8: convert the text, e.g. iconv -f ISO-8859-1 -t UTF-8"},
			"first":                     {"\x80", "corpus: text:1: byte 0 (0x80) is not UTF-8: convert the text, e.g. iconv -f ISO-8859-1 -t UTF-8"},
			"UTF-16":                    {"\xff\xfea\x00", "corpus: text is UTF-16, not UTF-8: convert it, e.g. iconv -f UTF-16 -t UTF-8"},
			"UTF-16LE":                  {"a\x00 \x00b\x00\n\x00", "corpus: text is UTF-16, not UTF-8: convert it, e.g. iconv -f UTF-16LE -t UTF-8"},
			"UTF-16BE without its mark": {"\x00a\x00 \x00b", "corpus: text is UTF-16, not UTF-8: convert it, e.g. iconv -f UTF-16BE -t UTF-8"},
			"xz":                        {"\xfd7zXZ\x00", "corpus: text is packed by xz: unpack it first"},
			"UTF-16BE":                  {"\xfe\xff\x00a", "corpus: text is UTF-16, not UTF-8: convert it, e.g. iconv -f UTF-16 -t UTF-8"},
		} {
			_, err := scanAll(FromString(Options{Units: units}, "text", c.text))
			require.EqualError(t, err, c.want, "%v, %s", units, name)
		}
	}
	require.Equal(t, []string{"\ufffd"}, lines(t, FromString(Options{}, "text", "\ufffd")), "U+FFFD itself is fine")
}

func TestScanStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	text := FromString(Options{}, "text", "a\n").WithContext(ctx)
	require.Equal(t, []string{"a"}, lines(t, text))
	cancel()
	_, err := scanAll(text)
	require.ErrorIs(t, err, context.Canceled)
}

func TestScanAllocatesNothing(t *testing.T) {
	for _, opts := range []Options{{}, {EOS: true, Lowercase: true}, {Units: Chars, EOS: true}} {
		s := streaming(opts, "The quick brown fox jumps\nover the naïve dog\n", 1<<40).Scan()
		for range 1000 {
			require.True(t, s.Next())
		}
		perLine := testing.AllocsPerRun(20_000, func() { s.Next() })
		if opts.Lowercase {
			require.LessOrEqual(t, perLine, 0.01)
		} else {
			require.Zero(t, perLine, "%+v", opts)
		}
		require.NoError(t, s.Close())
	}
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func zstded(t *testing.T, s string) string {
	z, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(z.EncodeAll([]byte(s), nil))
}

func write(t *testing.T, name, content string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestFiles(t *testing.T) {
	packed := write(t, "a", gzipped("one\ntwo")) // no newline at its end, no .gz to its name
	multi := write(t, "b.zst", zstded(t, "three\n")+zstded(t, "four\n"))
	members := write(t, "c.gz", gzipped("five ")+gzipped("six\n"))
	plain := write(t, "d.gz", "seven\n") // not compressed whatever its name
	empty := write(t, "e", "")
	text := Files(Options{EOS: true}, packed, empty, multi, members, plain)
	want := []string{"one|<eos>", "two|<eos>", "three|<eos>", "four|<eos>", "five|six|<eos>", "seven|<eos>"}
	require.Equal(t, want, lines(t, text))
	require.Equal(t, want, lines(t, text), "a second reading")
	s := text.Scan()
	for s.Next() {
	}
	require.EqualValues(t, len("one\ntwothree\nfour\nfive six\nseven\n"), s.Bytes(), "of all files, unpacked")
	require.NoError(t, text.Close())
}

// watched counts how often it is opened and closed.
type watched struct {
	io.Reader
	opened, closed int
}

func (c *watched) Close() error { c.closed++; return nil }

func TestScanClosesWhatItOpens(t *testing.T) {
	for content, reads := range map[string]int{"": 9, "a\nb\n": 9, "a\nb\nc\n": 1, "a\n\xff": 9} {
		var c watched
		open := func() (io.ReadCloser, error) {
			c.opened++
			c.Reader = strings.NewReader(content)
			return &c, nil
		}
		text := &Text{sources: []*source{{name: "one", open: open}, {name: "two", open: open}}}
		s := text.Scan()
		for range reads {
			s.Next()
		}
		require.NoError(t, s.Close())
		require.Positive(t, c.opened)
		require.Equal(t, c.opened, c.closed, "%q", content)
	}
}

func TestStandardInputIsReadOnce(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	old := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = old }()
	go func() {
		io.WriteString(w, gzipped("from a pipe\n"))
		w.Close()
	}()
	text := Files(Options{}, "-")
	require.Equal(t, "standard input", text.Name())
	for range 3 {
		require.Equal(t, []string{"from|a|pipe"}, lines(t, text))
	}
	require.NoError(t, text.Close())
}

func TestBadFiles(t *testing.T) {
	long := strings.Repeat("some words that pack well and go on 0123456789\n", 5000)
	gz, zst := gzipped(long), zstded(t, long)
	for name, c := range map[string]struct{ path, want string }{
		"missing":        {filepath.Join(t.TempDir(), "none"), "corpus: cannot open .*none: no such file or directory; check the path, or name - for standard input$"},
		"a directory":    {t.TempDir(), "is a directory: name the files in it"},
		"gzip cut short": {write(t, "x.gz", gz[:len(gz)/2]), `x\.gz: the gzip data is cut short after \d+ bytes of text: copy or download the file again`},
		"gzip cut to 3":  {write(t, "x.gz", gz[:3]), `x\.gz: the gzip data is cut short after 0 bytes of text`},
		"gzip damaged":   {write(t, "x.gz", gz[:len(gz)-8]+"\x00\x00\x00\x00"+gz[len(gz)-4:]), `x\.gz: damaged gzip data after 235000 bytes of text`},
		"zstd cut short": {write(t, "x.zst", zst[:len(zst)-9]), `x\.zst: the zstd data is cut short after \d+ bytes of text`},
		"zstd damaged":   {write(t, "x.zst", zst[:20]+"!!!!"+zst[24:]), `x\.zst: damaged zstd data after \d+ bytes of text`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scanAll(Files(Options{}, c.path))
			require.Error(t, err)
			require.Regexp(t, "^corpus: ", err.Error())
			require.Regexp(t, c.want, err.Error())
		})
	}
	_, err := scanAll(Files(Options{}, filepath.Join(t.TempDir(), "none")))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.PanicsWithValue(t, "corpus: Files: no paths", func() { Files(Options{}) })
}

func TestReaderError(t *testing.T) {
	text := FromReader(Options{}, "socket", iotest.ErrReader(io.ErrNoProgress))
	_, err := scanAll(text)
	require.ErrorIs(t, err, io.ErrNoProgress)
	require.Regexp(t, "^corpus: socket: ", err.Error())
}

func TestSpool(t *testing.T) {
	for _, limit := range []int{0, 10, 1 << 20} {
		s := &spool{limit: limit}
		var want strings.Builder
		for i := range 100 {
			_, err := fmt.Fprintf(s, "part %d ", i)
			require.NoError(t, err)
			fmt.Fprintf(&want, "part %d ", i)
		}
		require.Equal(t, limit < 1<<20, s.file != nil)
		got, err := io.ReadAll(io.NewSectionReader(s, 0, s.size))
		require.NoError(t, err)
		require.Equal(t, want.String(), string(got))
		require.NoError(t, s.Close())
	}
}

func TestSpoolSaysWhereTheFileShouldGo(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	_, err := (&spool{}).Write([]byte("x"))
	require.ErrorContains(t, err, "corpus: cannot spool to a temporary file (set TMPDIR to a writable directory)")
}

func TestUnitsAsText(t *testing.T) {
	for _, u := range []Units{Words, Chars} {
		text, err := u.MarshalText()
		require.NoError(t, err)
		var back Units
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, u, back)
	}
	var u Units
	require.EqualError(t, u.UnmarshalText([]byte("bytes")), `corpus: unknown units "bytes": take words or chars`)
	require.Equal(t, "a b\nc", Words.Join([]string{"a", "b", EOS, "c"}))
	require.Equal(t, "ab\n c", Chars.Join([]string{"a", "b", EOS, " ", "c"}))
}

// FuzzScan compares the scanner with the standard library's splitting of the same bytes, across a small buffer's edge.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{"", "a b\n", "\ufeffa\r\nÉ\u2003b", "x\xff", "\r\n\r\n", " \n\t"} {
		f.Add(seed, uint8(0), false)
		f.Add(seed, uint8(3), true)
	}
	const buffer, longest = 256, 200 // no line fills the buffer: none comes in chunks
	f.Fuzz(func(t *testing.T, content string, room uint8, chars bool) {
		if len(content) > longest {
			t.Skip()
		}
		opts := Options{EOS: true}
		if chars {
			opts.Units = Chars
		}
		padding := (buffer - int(room)) / 2
		text := strings.Repeat("p\n", padding) + content
		head := []byte(text[:min(len(text), buffer)])
		s := FromString(opts, "text", text).Scan()
		s.buf = make([]byte, buffer)
		var got []string
		for s.Next() {
			got = append(got, string(bytes.Join(s.Tokens(), []byte("|"))))
		}
		if !utf8.ValidString(content) || utf16Of(head) != "" || packing.Foreign(head) != "" {
			require.Error(t, s.Err())
			return
		}
		require.NoError(t, s.Err())
		if padding == 0 {
			content = strings.TrimPrefix(content, "\ufeff")
		}
		require.Equal(t, splitBySpec(content, chars), strings.Join(got[padding:], "\n"))
	})
}

// splitBySpec is the text's lines of tokens, in the format of lines, as the standard library splits them.
func splitBySpec(text string, chars bool) string {
	var all []string
	for line := range strings.Lines(text) {
		tokens := strings.Fields(line)
		if chars {
			if ended, ok := strings.CutSuffix(line, "\n"); ok {
				line = strings.TrimSuffix(ended, "\r")
			}
			tokens = strings.Split(line, "")
		}
		all = append(all, strings.Join(append(tokens, EOS), "|"))
	}
	return strings.Join(all, "\n")
}
