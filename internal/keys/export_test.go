package keys

// Forgot counts how often a ring has forgotten holders' keys since it began to listen.
func Forgot(r *Ring) int { return int(r.boxes.now()) - 2 }
