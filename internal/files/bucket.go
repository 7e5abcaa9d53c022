package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"passerelle/internal/tenantdb"
)

// Bucket keeps files in a bucket of whoever speaks S3.
type Bucket struct {
	client *minio.Client
	bucket string
}

// OpenBucket uses a bucket that is there: address is https://host/bucket, region what the provider calls it, or empty.
func OpenBucket(address, region, accessKey, secretKey string) (*Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") == "" || strings.Contains(strings.Trim(u.Path, "/"), "/") {
		return nil, errors.New("the address of the bucket has to be such as https://s3.example.ch/documents")
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(accessKey, secretKey, ""), Secure: u.Scheme == "https", Region: region, BucketLookup: minio.BucketLookupPath, MaxRetries: 3,
	})
	if err != nil {
		return nil, fmt.Errorf("reach the bucket of documents: %w", err)
	}
	return &Bucket{client, strings.Trim(u.Path, "/")}, nil
}

// Put keeps a file.
func (b *Bucket) Put(ctx context.Context, tenant tenantdb.TenantID, id ID, sealed []byte) error {
	if _, err := b.client.PutObject(ctx, b.bucket, name(tenant, id), bytes.NewReader(sealed), int64(len(sealed)), minio.PutObjectOptions{ContentType: "application/octet-stream"}); err != nil {
		return fmt.Errorf("put file %s: %w", id, err)
	}
	return nil
}

// Get reads a file.
func (b *Bucket) Get(ctx context.Context, tenant tenantdb.TenantID, id ID) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.bucket, name(tenant, id), minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("get file %s: %w", id, err)
	}
	defer func() { _ = object.Close() }()
	contents, err := io.ReadAll(object)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("get file %s: %w", id, err)
	}
	return contents, nil
}

// Delete takes a file away.
func (b *Bucket) Delete(ctx context.Context, tenant tenantdb.TenantID, id ID) error {
	if err := b.client.RemoveObject(ctx, b.bucket, name(tenant, id), minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete file %s: %w", id, err)
	}
	return nil
}

// Clear takes away all files of a tenant.
func (b *Bucket) Clear(ctx context.Context, tenant tenantdb.TenantID) error {
	for object := range b.client.ListObjectsIter(ctx, b.bucket, minio.ListObjectsOptions{Prefix: tenant.String() + "/", Recursive: true}) {
		err := object.Err
		if err == nil {
			err = b.client.RemoveObject(ctx, b.bucket, object.Key, minio.RemoveObjectOptions{})
		}
		if err != nil {
			return fmt.Errorf("clear the files of tenant %s: %w", tenant, err)
		}
	}
	return nil
}

// Ready asks whether the bucket is there.
func (b *Bucket) Ready(ctx context.Context) error {
	there, err := b.client.BucketExists(ctx, b.bucket)
	if err != nil {
		return fmt.Errorf("the bucket of documents cannot be reached: %w", err)
	}
	if !there {
		return errors.New("the bucket of documents is not there")
	}
	return nil
}
