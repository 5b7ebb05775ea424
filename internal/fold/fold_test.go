package fold_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slipway-prr/slipway/internal/fold"
)

func TestTextJoinsWhatPeopleTakeForTheSame(t *testing.T) {
	for _, same := range [][]string{
		{"Größe", "GRÖSSE", "gro\u0308ße", "grosse", "GRÖẞE"},
		{"Café  Payments", "cafe payments", " cafe\u0301\u00a0payments ", "CAFÉ\tpayments"},
		{"office", "oﬃce", "OFFICE", "of\u200bfice", "of\u00adfice", "\ufeffoffice"},
		{"Straße", "strasse"},
		{"İstanbul", "istanbul", "ISTANBUL"},
		{"Łódź", "lodz"},
		{"Рay", "Pay"}, // the first begins with a Cyrillic letter
		{"ΣΊΣΥΦΟΣ", "σίσυφος"},
		{"ＡＢＣ１", "abc1"},
		{"pay‑ments", "pay-ments", "pay–ments"},
		{"한국", "한국"},
		{"", "  ", "\u200b"},
	} {
		for _, s := range same[1:] {
			if a, b := fold.Text(same[0]), fold.Text(s); a != b {
				t.Errorf("%q is %q, and %q is %q", same[0], a, s, b)
			}
		}
	}
	for _, differ := range [][2]string{{"pay", "pray"}, {"a b", "ab"}, {"が", "か"}, {"支付", "支出"}, {"कि", "की"}, {"1", "2"}} {
		if fold.Text(differ[0]) == fold.Text(differ[1]) {
			t.Errorf("%q and %q are taken for the same", differ[0], differ[1])
		}
	}
}

func TestHas(t *testing.T) {
	if !fold.Has("Die Größe", fold.Text("GRÖSS")) || fold.Has("Die Größe", "klein") || !fold.Has("x", "") {
		t.Error("a text is not found in another")
	}
}

func TestKey(t *testing.T) {
	for name, want := range map[string]string{
		"Wallet API, 2nd": "wallet-api-2nd", "Größe": "groesse", "Straßen-Größe ändern": "strassen-groesse-aendern",
		"Café à la carte": "cafe-a-la-carte", "Ångström": "aangstroem", "Gro\u0308ße": "groesse", "Łódź": "lodz",
		"Платежи": "platezhi", "Объявление": "obyavlenie", "Πληρωμές": "pliromes", "Don’t panic": "dont-panic",
		"3D": "p3d", "支付": "", "支付 v2": "v2", "🚀": "", "": "", "x": "", "مدفوعات": "", "İzmir": "izmir", "oﬃce": "office",
		"a very long name of a project that has to fit":      "a-very-long-name-of-a-project-that",
		"Donaudampfschifffahrtsgesellschaftskapitaenspatent": "donaudampfschifffahrtsgesellschaftsk",
	} {
		if got := fold.Key(name); got != want {
			t.Errorf("the key of %q is %q, want %q", name, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Roll-back of  PAY_api, v2.1": "roll back of pay api v2 1", "https://Wiki.example.test/a?b=c%20d": "https wiki example test a b c 20d",
		"支付系统": "支 付 系 统", "支付API v2": "支 付 api v2", "サーバー": "サ ー バ ー", "한국 서버": "한 국 서 버", "Gro\u0308ße": "grosse", "कि ताब": "कि ताब",
		"": "", "%_\\'\"🚀 --": "", "\x00a\x00": "a",
	} {
		if got := fold.Words(text); got != want {
			t.Errorf("the words of %q are %q, want %q", text, got, want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"Größe", "支付 a-b", "サーバー", "\u0345", "\xff", "a\u030a1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := fold.Words(s)
		if again := fold.Words(words); again != words || strings.TrimSpace(words) != words || strings.Contains(words, "  ") {
			t.Errorf("%q is %q at first and %q then", s, words, again)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"Größe", "oﬃce", "한국", "\u0345", "ΐ", "\xff", "A\u030a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.Text(s)
		if twice := fold.Text(once); once != twice {
			t.Errorf("%q is %q at first and %q then", s, once, twice)
		}
		if utf8.ValidString(s) && !utf8.ValidString(once) {
			t.Errorf("%q is no text any more: %q", s, once)
		}
	})
}
