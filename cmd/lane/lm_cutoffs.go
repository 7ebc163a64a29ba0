package main

import (
	"fmt"
	"strconv"
	"strings"
)

// cutoffs are the value of a flag: ids with commas between, or 0 for none. Unlike pflag's slices it is set to what its String returns.
type cutoffs []int

func (c *cutoffs) String() string {
	if len(*c) == 0 {
		return "0"
	}
	var ids []string
	for _, id := range *c {
		ids = append(ids, strconv.Itoa(id))
	}
	return strings.Join(ids, ",")
}

func (c *cutoffs) Set(text string) error {
	if *c = nil; text == "0" {
		return nil
	}
	var ids []int
	for _, field := range strings.Split(text, ",") {
		id, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil {
			return fmt.Errorf("%q is no id: give numbers with commas between, such as 2000,6000", field)
		}
		ids = append(ids, id)
	}
	*c = ids
	return nil
}

func (c *cutoffs) Type() string { return "ids" }
