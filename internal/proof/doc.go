// Package proof makes what happened provable to somebody who trusts neither
// the server nor its database: checkpoints over all streams of the trail, and
// bundles that hold everything about a project's gates in one file. It needs
// no network and no database.
//
// A checkpoint is a signed note (the format of Go's checksum database) over a
// Merkle tree (RFC 6962) whose leaves are the heads of all streams. A bundle is
// a zip file with the entries of a project's stream, what was signed at each
// gate, statements in the in-toto format, a checkpoint with the proof that the
// stream's head is in it, and a page to read. [Verify] checks all of that and
// says in plain words what holds and what does not.
package proof
