package page

import (
	"strconv"
	"time"
)

// OwnPolicy is a policy that the reader answers for and that nobody has looked at in
// time.
type OwnPolicy struct {
	Key     string
	Version int
	Name    string
	Due     time.Time // date: the last day on which it counted as looked after
}

func (p *OwnPolicy) href() string { return LifecycleURL(p.Key, p.Version) }

func (p *OwnPolicy) what() string { return "Policy, version " + strconv.Itoa(p.Version) }
