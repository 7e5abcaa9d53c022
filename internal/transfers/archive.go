package transfers

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// format is what the first file of an archive says of itself.
const format = "passerelle tenant 1"

// Names of the files of an archive that hold no rows.
const (
	aboutName     = "about.txt"
	headerName    = "tenant.json"
	remainsName   = "destroyed.json"
	jobsName      = "planned.ndjson"
	manifestName  = "manifest.json"
	signatureName = "manifest.note"
)

const about = `Everything that Passerelle holds of one organisation.

tenant.json        whose it is, from when, of which version, and which tables and columns there are
tables/NAME.N      the rows of a table, each as one line of JSON. What lay encrypted in the database stands
                   in clear, as {"sealed": what was encrypted}; bytes stand as \x and hexadecimal digits
documents/ID       what is in a document, encrypted with the key that stands in its row (XAES-256-GCM, as Tink writes it)
destroyed.json     what was erased before: identifiers, dates and certificates, nothing else
planned.ndjson     what is to be done by itself when a day has come
manifest.json      how many rows there are, and the SHA-256 of each file
manifest.note      the SHA-256 of the manifest, signed with the key that signs the journal

It is of no use to read this on a machine that others use.
`

// header is the first file of an archive.
type header struct {
	Format     string            `json:"format"`
	TenantID   tenantdb.TenantID `json:"tenant_id"`
	Slug       string            `json:"slug"`
	Name       string            `json:"name"`
	ExportedAt time.Time         `json:"exported_at"`
	// Schema are the last migrations of the data and of the keys: an archive is brought in by the version that wrote it.
	Schema []string `json:"schema"`
	// Tables are those that follow, with the columns that are sealed in a database.
	Tables []tableHeader `json:"tables"`
	// Shared are the connections through which people of its offices come and which are not its own.
	Shared []sharedConnection `json:"shared_connections"`
	// Key verifies the manifest; it is the one that verifies the checkpoints of the journal.
	Key string `json:"key"`
}

type tableHeader struct {
	Name   string   `json:"name"`
	Sealed []string `json:"sealed,omitempty"`
}

type sharedConnection struct {
	ConnectionID signin.ConnectionID `json:"connection_id"`
	Slug         string              `json:"slug"`
	Issuer       string              `json:"issuer"`
}

// listed is a file in the manifest.
type listed struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	SHA256 string `json:"sha256"`
}

// errArchive is told of what is no archive of ours, or not all of one.
var errArchive = errors.New("it is no archive of a tenant, or it is damaged")

// writer writes an archive: age over gzip over tar, file by file, and the manifest at the end.
type writer struct {
	encrypted io.WriteCloser
	zipped    *gzip.Writer
	tar       *tar.Writer
	at        time.Time
	manifest  []listed
}

func newWriter(out io.Writer, recipient string, at time.Time) (*writer, error) {
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return nil, ErrNoKey
	}
	encrypted, err := age.Encrypt(out, to)
	if err != nil {
		return nil, fmt.Errorf("encrypt the archive: %w", err)
	}
	zipped := gzip.NewWriter(encrypted)
	return &writer{encrypted: encrypted, zipped: zipped, tar: tar.NewWriter(zipped), at: at}, nil
}

func (w *writer) add(name string, rows int, content []byte) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: w.at, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if _, err := w.tar.Write(content); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum := sha256.Sum256(content)
	w.manifest = append(w.manifest, listed{name, rows, hex.EncodeToString(sum[:])})
	return nil
}

func (w *writer) addJSON(name string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return w.add(name, 0, append(content, '\n'))
}

// close writes the manifest, has it signed, and ends the archive: one that is cut off cannot be decrypted to its end.
func (w *writer) close(sign func(text string) (string, error)) error {
	manifest, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	sum := sha256.Sum256(manifest)
	signed, err := sign(signedText(sum))
	if err != nil {
		return err
	}
	if err := errors.Join(w.add(manifestName, 0, manifest), w.add(signatureName, 0, []byte(signed)), w.tar.Close(), w.zipped.Close(), w.encrypted.Close()); err != nil {
		return fmt.Errorf("end the archive: %w", err)
	}
	return nil
}

func signedText(sum [sha256.Size]byte) string {
	return format + "\n" + hex.EncodeToString(sum[:]) + "\n"
}

// reader reads an archive, file by file.
type reader struct {
	tar  *tar.Reader
	seen []listed
	// found is the manifest, once it was read, and signed what stands beside it.
	found  []byte
	signed string
}

// largestFile is more than any file of an archive holds: rows come in pieces.
const largestFile = 256 << 20

func newReader(in io.Reader, identities []age.Identity) (*reader, error) {
	decrypted, err := age.Decrypt(in, identities...)
	var other *age.NoIdentityMatchError
	switch {
	case errors.As(err, &other):
		return nil, errors.New("it was encrypted for another key than this one")
	case err != nil:
		return nil, errArchive
	}
	zipped, err := gzip.NewReader(bufio.NewReader(decrypted))
	if err != nil {
		return nil, errArchive
	}
	return &reader{tar: tar.NewReader(zipped)}, nil
}

// file is one that was read.
type file struct {
	name    string
	content []byte
}

// next gives the next file, and io.EOF at the end.
func (r *reader) next() (file, error) {
	at, err := r.tar.Next()
	if errors.Is(err, io.EOF) {
		return file{}, io.EOF
	}
	if err != nil || at.Typeflag != tar.TypeReg || at.Size > largestFile {
		return file{}, errArchive
	}
	content, err := io.ReadAll(io.LimitReader(r.tar, largestFile))
	if err != nil || int64(len(content)) != at.Size {
		return file{}, errArchive
	}
	switch at.Name {
	case manifestName:
		r.found = content
	case signatureName:
		r.signed = string(content)
	default:
		sum := sha256.Sum256(content)
		r.seen = append(r.seen, listed{at.Name, bytes.Count(content, []byte("\n")), hex.EncodeToString(sum[:])})
	}
	return file{at.Name, content}, nil
}

// check compares what was read with the manifest, and the manifest with its signature.
func (r *reader) check(open func(signed string) (string, error)) error {
	var manifest []listed
	if json.Unmarshal(r.found, &manifest) != nil || len(manifest) != len(r.seen) {
		return errArchive
	}
	for i, one := range manifest {
		if one.Name != r.seen[i].Name || one.SHA256 != r.seen[i].SHA256 || strings.HasPrefix(one.Name, tablesFolder) && one.Rows != r.seen[i].Rows {
			return errArchive
		}
	}
	text, err := open(r.signed)
	if err != nil {
		return fmt.Errorf("the archive: %w", err)
	}
	if text != signedText(sha256.Sum256(r.found)) {
		return errArchive
	}
	return nil
}

const tablesFolder = "tables/"

// piece is the name of the nth piece of a table.
func piece(table string, n int) string { return fmt.Sprintf("%s%s.%06d", tablesFolder, table, n) }

// tableOf is the table that a file holds rows of.
func tableOf(name string) (string, bool) {
	name, ok := strings.CutPrefix(name, tablesFolder)
	table, _, cut := strings.Cut(name, ".")
	return table, ok && cut
}

// row is a row as a line: its columns, as JSON.
type row map[string]json.RawMessage

// text is a column that holds one, and none where it is null.
func (r row) text(column string) (string, bool) {
	var value *string
	if json.Unmarshal(r[column], &value) != nil || value == nil {
		return "", false
	}
	return *value, true
}

func (r row) id(column string) (uuid.UUID, bool) {
	value, ok := r.text(column)
	if !ok {
		return uuid.UUID{}, false
	}
	id, err := uuid.Parse(value)
	return id, err == nil
}

func (r row) set(column string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("a value of the program cannot be written: %v", err))
	}
	r[column] = text
}

func (r row) null(column string) bool { return string(r[column]) == "null" }
