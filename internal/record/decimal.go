package record

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Decimal is a figure that somebody typed, exact to a millionth.
type Decimal int64

const (
	decimalOne    = 1_000_000
	decimalDigits = 6  // behind the point
	decimalWhole  = 12 // before it
)

var errDecimal = errors.New("is no number; write it such as 99.5, without a unit, with 12 digits before the point and 6 behind it at most")

// ParseDecimal reads a figure with a point or a comma before its fraction, and
// with a sign if it has one. Thousands are not set apart: 1,500 would be read as
// one and a half, so a comma with three digits behind it is refused.
func ParseDecimal(s string) (Decimal, error) {
	s = strings.TrimSpace(s)
	negative := strings.HasPrefix(s, "-") || strings.HasPrefix(s, "\u2212")
	if negative {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "\u2212")
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	whole, fraction, comma := strings.Cut(s, ",")
	if comma && len(fraction) == 3 {
		return 0, errors.New("has a comma that can mean a thousand or a fraction; write a point before a fraction, and nothing between thousands")
	}
	if !comma {
		whole, fraction, _ = strings.Cut(s, ".")
	}
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if !strings.ContainsAny(s, "0123456789") || len(whole) > decimalWhole || len(fraction) > decimalDigits || !digits(whole) || !digits(fraction) {
		return 0, errDecimal
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimalDigits-len(fraction)), 10, 64)
	if err != nil {
		return 0, errDecimal
	}
	if negative {
		n = -n
	}
	return Decimal(n), nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// String is the figure as it is stored, with a point before a fraction.
func (d Decimal) String() string {
	sign, n := "", int64(d)
	if n < 0 {
		sign, n = "-", -n
	}
	s := sign + strconv.FormatInt(n/decimalOne, 10)
	if part := n % decimalOne; part != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(decimalOne+part, 10)[1:], "0")
	}
	return s
}

// Float is the figure for drawing.
func (d Decimal) Float() float64 { return float64(d) / decimalOne }

// MarshalText and UnmarshalText store the figure as it is written.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Decimal) UnmarshalText(b []byte) error {
	v, err := ParseDecimal(string(b))
	*d = v
	return err
}

// number is the figure that a field holds, and whether it holds one.
func (v Values) number(f FieldKey) (Decimal, bool) {
	d, err := ParseDecimal(v[f])
	return d, err == nil
}

// Whole is all of what shares in percent are of.
const Whole = 100 * decimalOne

// OfTime says how much of so many days a share of them is: "43 minutes".
func OfTime(share Decimal, days int) string {
	minutes := float64(share) / Whole * float64(days) * 24 * 60
	switch {
	case minutes >= 48*60:
		return about(minutes/60/24, "day")
	case minutes >= 120:
		return about(minutes/60, "hour")
	case minutes >= 2:
		return about(minutes, "minute")
	}
	return about(minutes*60, "second")
}

func about(n float64, noun string) string {
	s := strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64)
	if s == "1" {
		return s + " " + noun
	}
	return s + " " + noun + "s"
}
