package keys

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// outline is what a wrapped keyset says of itself in clear: by what it was wrapped, and which keys are in it. It is not
// authenticated: it says what is counted, and where a rotation goes on; what is done to a keyset is decided by the keyset.
// One that was wrapped before keysets were labelled says nothing of its keys, and has one.
type outline struct {
	ciphertext []byte
	info       *tinkpb.KeysetInfo
}

func outlineOf(wrapped []byte) (outline, error) {
	read, err := keyset.NewBinaryReader(bytes.NewReader(wrapped)).ReadEncrypted()
	if err != nil {
		return outline{}, ErrForged
	}
	if read.KeysetInfo == nil {
		read.KeysetInfo = &tinkpb.KeysetInfo{}
	}
	return outline{read.GetEncryptedKeyset(), read.KeysetInfo}, nil
}

// prefixOf is what Tink puts before a ciphertext: a 1 and the number of the key, five bytes.
func prefixOf(key uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, key) }

// stage is how far the change of a keyset's key has come. It can be told from the keyset, so that whoever goes on where
// another was stopped needs no other memory.
type stage int

const (
	// settled: one key is in use. Old ones may be disabled.
	settled stage = iota
	// added: a new key can be read with, and is not yet used to seal.
	added
	// promoted: the new key seals, and what the old one has sealed is sealed anew.
	promoted
)

// stageOf relies on Tink adding a key at the end.
func stageOf(info *tinkpb.KeysetInfo) stage {
	var enabled []uint32
	for _, key := range info.GetKeyInfo() {
		if key.GetStatus() == tinkpb.KeyStatusType_ENABLED {
			enabled = append(enabled, key.GetKeyId())
		}
	}
	switch {
	case len(enabled) < 2:
		return settled
	case enabled[len(enabled)-1] == info.GetPrimaryKeyId():
		return promoted
	default:
		return added
	}
}

// others are the numbers of the keys that are not the primary one, all or those of a status.
func others(info *tinkpb.KeysetInfo, status ...tinkpb.KeyStatusType) (keys []uint32) {
	for _, key := range info.GetKeyInfo() {
		if key.GetKeyId() != info.GetPrimaryKeyId() && (len(status) == 0 || key.GetStatus() == status[0]) {
			keys = append(keys, key.GetKeyId())
		}
	}
	return keys
}

// change is one step of a keyset; nil where there is nothing to do.
type change func(handle *keyset.Handle) (*keyset.Handle, error)

// addKey adds a key that does not yet seal: every process has to be able to read with it before one writes with it.
func addKey(template func() *tinkpb.KeyTemplate) change {
	return func(handle *keyset.Handle) (*keyset.Handle, error) {
		if stageOf(handle.KeysetInfo()) != settled {
			return nil, nil
		}
		manager := keyset.NewManagerFromHandle(handle)
		if _, err := manager.Add(template()); err != nil {
			return nil, fmt.Errorf("add a key: %w", err)
		}
		return manager.Handle()
	}
}

// promoteKey has the newest key seal from now on.
func promoteKey(handle *keyset.Handle) (*keyset.Handle, error) {
	info := handle.KeysetInfo()
	if stageOf(info) != added {
		return nil, nil
	}
	manager := keyset.NewManagerFromHandle(handle)
	keys := others(info, tinkpb.KeyStatusType_ENABLED)
	if err := manager.SetPrimary(keys[len(keys)-1]); err != nil {
		return nil, fmt.Errorf("promote a key: %w", err)
	}
	return manager.Handle()
}

// retireKeys disables the keys that no longer seal. They stay in the keyset: a backup may hold what they have sealed.
func retireKeys(handle *keyset.Handle) (*keyset.Handle, error) {
	info := handle.KeysetInfo()
	if stageOf(info) != promoted {
		return nil, nil
	}
	manager := keyset.NewManagerFromHandle(handle)
	for _, key := range others(info) {
		if err := manager.Disable(key); err != nil {
			return nil, fmt.Errorf("disable a key: %w", err)
		}
	}
	return manager.Handle()
}

// dropKeys deletes the keys that are disabled. What they have sealed can never be read again.
func dropKeys(handle *keyset.Handle) (*keyset.Handle, error) {
	disabled := others(handle.KeysetInfo(), tinkpb.KeyStatusType_DISABLED)
	if len(disabled) == 0 {
		return nil, nil
	}
	manager := keyset.NewManagerFromHandle(handle)
	for _, key := range disabled {
		if err := manager.Delete(key); err != nil {
			return nil, fmt.Errorf("delete a key: %w", err)
		}
	}
	return manager.Handle()
}

// everyKey opens with all keys of a keyset, disabled ones as well, and seals with the primary one: what a stray process, or
// a backup that was restored, has left under an old key is mended.
func everyKey(handle *keyset.Handle) (tink.AEAD, error) {
	manager := keyset.NewManagerFromHandle(handle)
	for _, key := range others(handle.KeysetInfo(), tinkpb.KeyStatusType_DISABLED) {
		if err := manager.Enable(key); err != nil {
			return nil, fmt.Errorf("use a key once more: %w", err)
		}
	}
	whole, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("use a keyset: %w", err)
	}
	return aead.New(whole)
}
