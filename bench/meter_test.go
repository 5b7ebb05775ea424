package bench

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

func TestStatOf(t *testing.T) {
	me := strconv.Itoa(os.Getpid())
	before := statOf(me)
	if before.parent != strconv.Itoa(os.Getppid()) {
		t.Errorf("the parent is %q, not %d", before.parent, os.Getppid())
	}
	n := 0
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && statOf(me).own-before.own < 3*tick; {
		n++
	}
	if spent := statOf(me).own - before.own; spent < 3*tick {
		t.Errorf("%d turns took %v", n, spent)
	}
	child := exec.Command("sh", "-c", "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	if ended := statOf(me).ended - before.ended; ended < tick {
		t.Errorf("a child that has ended took %v", ended)
	}
	if gone := statOf("0"); gone != (stat{}) {
		t.Errorf("a process that is not there: %+v", gone)
	}
	var none *meter
	if s := none.read(nil); s != (spent{}) {
		t.Errorf("without a meter: %+v", s)
	}
	s := spent{server: 40 * tick, database: 20 * tick}.since(spent{server: 20 * tick}).per(10)
	if s.server != 2*tick || s.database != 2*tick || s.per(0) != (spent{}) {
		t.Errorf("per answer: %+v", s)
	}
}
