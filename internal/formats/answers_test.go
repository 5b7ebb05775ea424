package formats_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/slipway-prr/slipway/internal/formats"
	"github.com/slipway-prr/slipway/internal/sheet"
)

func TestAnswersOfSpreadsheets(t *testing.T) {
	t.Parallel()
	row := func(line int, cells ...string) formats.AnswerRow {
		return formats.AnswerRow{Line: line, Item: cells[0], Key: cells[1], Answer: cells[2], Note: cells[3], Link: cells[4]}
	}
	for name, c := range map[string]struct {
		text   string
		want   []formats.AnswerRow
		unread []string
	}{
		"tabs without headings": {"Logs, metrics, traces, alerts\tMet\tSee, there, is \"one\"\thttps://a.example\nB\tN/A", []formats.AnswerRow{
			row(1, "Logs, metrics, traces, alerts", "", "Met", "See, there, is \"one\"", "https://a.example"), row(2, "B", "", "N/A", "", ""),
		}, nil},
		"headings in any order": {"Status,Weight,KEY,Comment\nyes,must,a-b,Fine\n", []formats.AnswerRow{row(2, "", "a-b", "yes", "Fine", "")}, []string{"Weight"}},
		"semicolons":            {"Item;Answer\r\nA;Met\r\n", []formats.AnswerRow{row(2, "A", "", "Met", "", "")}, nil},
		"lines within a cell":   {"A\tMet\t\"One\nTwo\"\nB\tMet", []formats.AnswerRow{row(1, "A", "", "Met", "One\nTwo", ""), row(3, "B", "", "Met", "", "")}, nil},
		"guarded cells":         {"Item,Note\nA,'=1+1\nB,'+1\nC,'-x\nD,'@y\nE,''=z\n", []formats.AnswerRow{row(2, "A", "", "", "=1+1", ""), row(3, "B", "", "", "+1", ""), row(4, "C", "", "", "-x", ""), row(5, "D", "", "", "@y", ""), row(6, "E", "", "", "'=z", "")}, nil},
		"empty rows":            {"\t\t\nA\tMet\n\t\n", []formats.AnswerRow{row(2, "A", "", "Met", "", "")}, nil},
	} {
		got, bad := formats.ReadAnswers("", []byte(c.text))
		if bad != nil || !reflect.DeepEqual(got.Rows, c.want) || !reflect.DeepEqual(got.Unread, c.unread) {
			t.Errorf("%s: %+v, %v", name, got, bad)
			continue
		}
		text, err := got.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, bad := formats.ReadAnswers("", []byte(text))
		for i := range again.Rows {
			again.Rows[i].Line = got.Rows[i].Line
		}
		if bad != nil || !reflect.DeepEqual(again.Rows, got.Rows) {
			t.Errorf("%s: comes back as %+v, %v", name, again, bad)
		}
	}
	for name, src := range map[string]string{"no text": "a\xff\tb", "nothing": ""} {
		if got, bad := formats.ReadAnswers("", []byte(src)); len(got.Rows) > 0 || (bad == nil) != (src == "") {
			t.Errorf("%s: %+v, %v", name, got, bad)
		}
	}
	for _, name := range []string{"a.xlsx", ""} {
		if _, bad := formats.ReadAnswers(name, []byte("PK\x03\x04nonsense")); bad == nil {
			t.Error("a broken workbook is read")
		}
	}
}

func TestAnswersOfAWorkbook(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := sheet.New(sheet.Excel, &b, "Items", []sheet.Column{{Title: "Item"}, {Title: "Answer"}, {Title: "Evidence"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row("=A title", "Met", "https://a.example/x"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, bad := formats.ReadAnswers("items.xlsx", b.Bytes())
	if bad != nil || len(got.Rows) != 1 || got.Rows[0].Item != "=A title" || got.Rows[0].Answer != "Met" || got.Rows[0].Link != "https://a.example/x" {
		t.Errorf("%+v, %v", got, bad)
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("Item\tAnswer\nA\tMet")
	f.Add("\"a,b")
	f.Fuzz(func(t *testing.T, text string) {
		got, bad := formats.ReadAnswers("", []byte(text))
		if bad != nil {
			return
		}
		if _, err := got.Text(); err != nil {
			t.Error(err)
		}
		for _, r := range got.Rows {
			if strings.TrimSpace(r.Item) != r.Item {
				t.Errorf("%q", r.Item)
			}
		}
	})
}
