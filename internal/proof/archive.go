package proof

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Limits of a bundle. A project with some thousand entries takes a few
// megabytes.
const (
	MaxBytes = 64 << 20
	MaxFiles = 10_000
)

// file is a file of a bundle.
type file struct {
	name string
	data []byte
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)

// writeArchive puts files into a zip file, always in the same way: by name, at
// one fixed time, and not compressed. So the same content is the same bytes for
// good, whatever compressor a later program has, and nothing can swell when it
// is unpacked.
func writeArchive(files []file) ([]byte, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		size := uint64(len(f.data))
		part, err := w.CreateRaw(&zip.FileHeader{
			Name: f.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f.data), CompressedSize64: size, UncompressedSize64: size,
			CreatorVersion: 3<<8 | 20, ReaderVersion: 10, ExternalAttrs: 0o100644 << 16, // Unix, a plain file
			//lint:ignore SA1019 CreateRaw writes the header as it stands and looks at no other field
			ModifiedDate: 1<<5 | 1, // 1 January 1980, where zip's time begins
		})
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.name, err)
		}
		if _, err := part.Write(f.data); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return out.Bytes(), nil
}

// readArchive takes a zip file apart that [writeArchive] put together. Any
// other form of it is a problem, but files that can be read are returned all
// the same, so that their content can be looked at.
func readArchive(b []byte) ([]file, []Problem) {
	const archive = "the zip file"
	if len(b) > MaxBytes {
		return nil, []Problem{{archive, fmt.Sprintf("is larger than the %d MiB that a bundle may have", MaxBytes>>20)}}
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, []Problem{{archive, "cannot be read: it is damaged, cut off, or not a zip file"}}
	}
	if len(r.File) > MaxFiles {
		return nil, []Problem{{archive, fmt.Sprintf("holds more than the %d files that a bundle may have", MaxFiles)}}
	}
	var files []file
	var problems []Problem
	left := uint64(len(b))
	for _, f := range r.File {
		data, err := readStored(f, left)
		if err != nil {
			problems = append(problems, Problem{place(f.Name), err.Error()})
			continue
		}
		left -= uint64(len(data))
		if n := len(files); n > 0 && f.Name <= files[n-1].name {
			problems = append(problems, Problem{place(f.Name), "is in the zip file twice, or out of order"})
			continue
		}
		files = append(files, file{f.Name, data})
	}
	if len(problems) > 0 {
		return files, problems
	}
	again, err := writeArchive(files)
	if err != nil {
		return files, []Problem{{archive, err.Error()}}
	}
	if !bytes.Equal(again, b) {
		return files, []Problem{{archive, "is not written in the one way in which this program writes it: " + firstDifference(again, b, files)}}
	}
	return files, nil
}

// readStored reads a file's bytes as they lie in the zip file. Checksums are
// left alone here: they are compared with the content like everything else.
func readStored(f *zip.File, left uint64) ([]byte, error) {
	switch {
	case !namePattern.MatchString(f.Name):
		return nil, errors.New("has a name that no file of a bundle has")
	case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
		return nil, errors.New("is compressed, which no file of a bundle is")
	case f.CompressedSize64 > left:
		return nil, errors.New("claims to be larger than the zip file has room for")
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, errors.New("cannot be found where the zip file's directory says")
	}
	data := make([]byte, f.CompressedSize64)
	if _, err := io.ReadFull(raw, data); err != nil {
		return nil, errors.New("is cut off")
	}
	return data, nil
}

// place is a file's name, fit to be printed.
func place(name string) string {
	if namePattern.MatchString(name) {
		return name
	}
	return fmt.Sprintf("%.200q", name)
}

// firstDifference says where two zip files begin to differ, by the file that is there.
func firstDifference(want, got []byte, files []file) string {
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	end := 0
	for _, f := range files {
		const header = 30
		end += header + len(f.name) + len(f.data)
		if at < end {
			return fmt.Sprintf("byte %d, in or before %s", at, f.name)
		}
	}
	return fmt.Sprintf("byte %d, in its directory", at)
}
