package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"passerelle/internal/clamd"
	"passerelle/internal/config"
	"passerelle/internal/documents"
	"passerelle/internal/files"
	"passerelle/internal/outages"
)

// documentStore is where documents lie, or nil where nobody said.
func documentStore(ctx context.Context, settings config.Config) (store files.Store, err error) {
	switch {
	case settings.DocumentsFolder != "":
		store, err = files.OpenFolder(settings.DocumentsFolder)
	case settings.DocumentsBucket != "":
		secret := settings.DocumentsBucketSecretKey
		if settings.DocumentsBucketSecretKeyFile != "" {
			read, err := os.ReadFile(settings.DocumentsBucketSecretKeyFile)
			if err != nil {
				return nil, fmt.Errorf("read DOCUMENTS_S3_SECRET_KEY_FILE: %w", err)
			}
			secret = strings.TrimSpace(string(read))
		}
		store, err = files.OpenBucket(settings.DocumentsBucket, settings.DocumentsBucketRegion, settings.DocumentsBucketAccessKey, secret)
	default:
		return nil, nil
	}
	if err == nil {
		err = store.Ready(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("where documents lie: %w", err)
	}
	return store, nil
}

// scanner looks at documents, or is nil where nobody said. One that is not there yet is waited for: documents stay in quarantine.
func scanner(settings config.Config) (documents.Scanner, error) {
	if settings.Clamd == "" {
		return nil, nil
	}
	daemon, err := clamd.Open(settings.Clamd)
	if err != nil {
		return nil, fmt.Errorf("CLAMD: %w", err)
	}
	return daemon, nil
}

// room watches the disks that fill up; it is nil where nobody said which.
func room(settings config.Config) (func(context.Context) error, error) {
	folders := settings.RoomFolders
	if settings.DocumentsFolder != "" {
		folders = append(slices.Clone(folders), settings.DocumentsFolder)
	}
	for _, folder := range folders {
		if _, err := outages.Used(folder); err != nil {
			return nil, fmt.Errorf("ROOM_FOLDERS: %w", err)
		}
	}
	if len(folders) == 0 {
		return nil, nil
	}
	return outages.Disks(outages.Used, folders...), nil
}
