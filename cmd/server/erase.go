package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/store"
)

// erasePerson drops a person's name, address and account, as the button of
// admins does.
func erasePerson(ctx context.Context, set settings, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("erase-person", flag.ContinueOnError)
	flags.SetOutput(stderr)
	reason := flags.String("reason", "", "why; it is kept on the trail of rights, so name nobody in it")
	var number string
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' { // before or after the flags
		number, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	if number == "" {
		number = flags.Arg(0)
	}
	id, err := strconv.ParseInt(number, 10, 64)
	switch {
	case err != nil || id < 1:
		return errors.New("say whom: erase-person NUMBER --reason TEXT; the number stands in the address of the person's page")
	case *reason == "":
		return errors.New("say why: --reason TEXT")
	case set.databaseURL == "":
		return errors.New("SLIPWAY_DATABASE_URL is not set")
	}
	st, err := openStore(ctx, set, store.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	err = st.ErasePerson(ctx, review.PersonID(id), *reason)
	if errors.Is(err, review.ErrNotFound) {
		return fmt.Errorf("there is no person %d, or they were erased before", id)
	}
	if err != nil {
		return fmt.Errorf("nothing was erased: %w", err)
	}
	fmt.Fprintf(stdout, "Erased. They are %s from now on.\n", store.FormerMember(review.PersonID(id)))
	return nil
}
