package store

import (
	"errors"
	"net"

	"github.com/jackc/pgx/v5"
)

// CheckEncrypted refuses an address under which somebody on the way could read
// what the database is asked and answers: anything but TLS, except to this very
// machine.
func CheckEncrypted(address string) error {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return redact(err)
	}
	plain := cfg.TLSConfig == nil && !local(cfg.Host)
	for _, f := range cfg.Fallbacks { // sslmode=prefer and allow try both
		plain = plain || f.TLSConfig == nil && !local(f.Host)
	}
	if plain {
		return errors.New("the connection to the database may be unencrypted: add sslmode=verify-full (and sslrootcert, if the certificate is your own) to the address, " +
			"or set SLIPWAY_DATABASE_TLS=off if nobody can listen on the way")
	}
	return nil
}

// local reports whether a host is reached without leaving the machine: a socket's
// folder, or a loopback address.
func local(host string) bool {
	if host == "localhost" || len(host) > 0 && (host[0] == '/' || host[0] == '@') {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
