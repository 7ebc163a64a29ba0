package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// entry is what the header says about a tensor. Begin and end count from the end of the header.
type entry struct {
	name       string
	dtype      dtype
	shape      []int
	begin, end int64
}

// parseHeader parses the JSON header token by token, since encoding/json's own decoding takes the last of
// several equal keys, ignores the ones it doesn't know and repairs invalid UTF-8.
func parseHeader(raw []byte) (entries []entry, metadata map[string]string, err error) {
	if !utf8.Valid(raw) {
		return nil, nil, errors.New("not valid UTF-8")
	}
	if len(raw) == 0 || raw[0] != '{' {
		return nil, nil, errors.New("it does not begin with {")
	}
	raw = bytes.TrimRight(raw, " ") // the padding
	p := parser{json.NewDecoder(bytes.NewReader(raw))}
	p.UseNumber()
	err = p.object(func(name string) (err error) {
		if name == metadataKey {
			metadata, err = p.metadata()
			if err != nil {
				return fmt.Errorf("%s: %w", metadataKey, err)
			}
			return nil
		}
		e, err := p.entry(name)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		entries = append(entries, e)
		return nil
	})
	if err == nil && p.InputOffset() != int64(len(raw)) {
		err = fmt.Errorf("%d bytes follow the last }", int64(len(raw))-p.InputOffset())
	}
	return entries, metadata, err
}

type parser struct{ *json.Decoder }

// token returns the next token. The end of the header is an error, as every caller needs one more.
func (p parser) token() (json.Token, error) {
	t, err := p.Token()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("it ends within a value")
	}
	return t, err
}

// delim consumes one of { } [ ].
func (p parser) delim(want json.Delim) error {
	t, err := p.token()
	if err == nil && t != want {
		err = fmt.Errorf("%v where %v is expected", t, want)
	}
	return err
}

// object consumes an object and calls value for each key, to consume its value. A doubled key is an error.
func (p parser) object(value func(key string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.More() {
		key, err := p.string()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("%q occurs twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	return p.delim('}')
}

func (p parser) string() (string, error) {
	t, err := p.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("%v where a string is expected", t)
	}
	return s, nil
}

// sizes consumes an array of whole numbers that are not negative.
func (p parser) sizes() ([]int64, error) {
	if err := p.delim('['); err != nil {
		return nil, err
	}
	sizes := []int64{}
	for p.More() {
		t, err := p.token()
		if err != nil {
			return nil, err
		}
		number, ok := t.(json.Number)
		if !ok {
			return nil, fmt.Errorf("%v where a number is expected", t)
		}
		size, err := strconv.ParseUint(number.String(), 10, 63)
		if err != nil {
			return nil, fmt.Errorf("%v where a whole number from 0 to 2⁶³−1 is expected", number)
		}
		sizes = append(sizes, int64(size))
	}
	return sizes, p.delim(']')
}

func (p parser) metadata() (map[string]string, error) {
	metadata := map[string]string{}
	err := p.object(func(key string) (err error) {
		metadata[key], err = p.string()
		return err
	})
	return metadata, err
}

func (p parser) entry(name string) (entry, error) {
	e := entry{name: name}
	fields := 0
	err := p.object(func(key string) (err error) {
		fields++
		switch key {
		case "dtype":
			e.dtype, err = p.dtype()
		case "shape":
			e.shape, err = p.shape()
		case "data_offsets":
			e.begin, e.end, err = p.offsets()
		default:
			err = fmt.Errorf("unknown field %q", key)
		}
		return err
	})
	if err == nil && fields != 3 { // none is doubled or unknown
		err = errors.New("dtype, shape and data_offsets are not all there")
	}
	return e, err
}

func (p parser) dtype() (dtype, error) {
	name, err := p.string()
	if err != nil {
		return dtype{}, err
	}
	i := slices.IndexFunc(dtypes, func(d dtype) bool { return d.name == name })
	if i < 0 {
		return dtype{}, fmt.Errorf("dtype %q: only F32, F16, BF16 and F64 are read; convert the tensor or leave it out", name)
	}
	return dtypes[i], nil
}

func (p parser) shape() ([]int, error) {
	sizes, err := p.sizes()
	if err != nil {
		return nil, err
	}
	shape := make([]int, len(sizes))
	for i, s := range sizes {
		shape[i] = int(s)
		if int64(shape[i]) != s {
			return nil, fmt.Errorf("shape %v is too large to be indexed", sizes)
		}
	}
	return shape, nil
}

func (p parser) offsets() (begin, end int64, err error) {
	sizes, err := p.sizes()
	if err != nil {
		return 0, 0, err
	}
	if len(sizes) != 2 {
		return 0, 0, fmt.Errorf("%d data_offsets, not 2", len(sizes))
	}
	return sizes[0], sizes[1], nil
}
