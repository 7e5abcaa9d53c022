// Package mail is how an e-mail leaves the house, and the only one that knows go-mail. An e-mail says nothing of anybody: its
// sender and its subject are the same for all, and it names neither the program that wrote it nor when somebody reads it.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"passerelle/internal/tracing"
)

// Message is an e-mail in one language.
type Message struct {
	// ID is random; the same e-mail has the same one, however often it is tried.
	ID            string
	To            string
	Subject, Text string
}

// Post takes e-mails. An error says that the message has certainly not gone, unless it is ErrUncertain.
type Post interface {
	Send(ctx context.Context, message Message) error
}

// ErrUncertain says that the connection broke when the message may have been accepted already.
var ErrUncertain = errors.New("nobody knows whether the e-mail has gone")

// errUnreached holds neither the server's name nor what it said.
var errUnreached = errors.New("the mail server was not reached")

// Reach says whether a post can be handed e-mails at present; one that needs no server always can.
func Reach(ctx context.Context, post Post) error {
	if t, ok := post.(traced); ok {
		post = t.Post
	}
	if reached, ok := post.(interface{ Reach(context.Context) error }); ok {
		return reached.Reach(ctx)
	}
	return nil
}

// Traced is a post whose e-mails are part of the trace of what sends them: how long it took, and not to whom.
func Traced(post Post) Post { return traced{post} }

type traced struct{ Post }

// Send hands it on.
func (t traced) Send(ctx context.Context, message Message) error {
	ctx, span := tracing.Begin(ctx, "mail")
	err := t.Post.Send(ctx, message)
	span.End(err)
	return err
}

// server is a mail server.
type server struct {
	client *gomail.Client
	from   string
}

const (
	submission, submissionTLS = 587, 465
	patience                  = 20 * time.Second
)

// Server sends through a mail server: smtps://user:password@host, or smtp:// for one that begins TLS after the greeting
// (STARTTLS). Nothing is ever sent without TLS.
func Server(address, from string) (Post, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("MAIL_URL has to be the address of a mail server, such as smtps://user:password@mail.example") // the cause holds the password
	}
	if _, err := mail.ParseAddress(from); err != nil {
		return nil, errors.New("MAIL_FROM has to be the address that e-mails come from, such as info@example.org")
	}
	options := []gomail.Option{gomail.WithTimeout(patience), gomail.WithHELO(domain(from)), gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(submission)}
	if u.Scheme == "smtps" {
		options = append(options, gomail.WithSSL(), gomail.WithPort(submissionTLS))
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, errors.New("MAIL_URL names a port that is no number")
		}
		options = append(options, gomail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, errors.New("MAIL_URL cannot be used")
	}
	return &server{client, from}, nil
}

// Send hands it to the server. Errors hold neither an address nor what the server said: it may quote one.
func (s *server) Send(ctx context.Context, message Message) error {
	written, err := write(message, s.from)
	if err != nil {
		return err
	}
	err = s.client.DialAndSendWithContext(ctx, written)
	if err == nil || written.IsDelivered() {
		return nil
	}
	var refusal *gomail.SendError
	if errors.As(err, &refusal) {
		if refusal.ErrorCode() == 0 && refusal.Reason == gomail.ErrSMTPDataClose {
			return ErrUncertain
		}
		return fmt.Errorf("send an e-mail: refused with code %d", refusal.ErrorCode())
	}
	return fmt.Errorf("send an e-mail: %w", errUnreached)
}

// Reach greets the server and signs in, and sends nothing.
func (s *server) Reach(ctx context.Context) error {
	// A client of go-mail holds one connection: another e-mail may be under way on that of Send.
	connection, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return errUnreached
	}
	_ = s.client.CloseWithSMTPClient(connection)
	return nil
}

// folder keeps e-mails as files.
type folder struct{ path, from string }

// Folder writes e-mails into a folder instead of sending them: for the demo.
func Folder(path string) Post { return &folder{path, "passerelle@localhost.invalid"} }

// Send writes it.
func (f *folder) Send(_ context.Context, message Message) error {
	written, err := write(message, f.from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return fmt.Errorf("make the folder of e-mails: %w", err)
	}
	if err := written.WriteToFile(filepath.Join(f.path, message.ID+".eml")); err != nil {
		return fmt.Errorf("write an e-mail: %w", err)
	}
	return nil
}

// write is the e-mail as it travels.
func write(message Message, from string) (*gomail.Msg, error) {
	written := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(written.From(from), written.To(message.To)); err != nil {
		return nil, errors.New("write an e-mail: an address is none") // the cause quotes it
	}
	written.Subject(message.Subject)
	written.SetMessageIDWithValue(message.ID + "@" + domain(from))
	written.SetBodyString(gomail.TypeTextPlain, message.Text)
	return written, nil
}

// domain is what stands behind the @, so that the identifier of a message names no machine.
func domain(from string) string {
	address, err := mail.ParseAddress(from)
	if err != nil {
		return "invalid"
	}
	return address.Address[strings.LastIndex(address.Address, "@")+1:]
}
