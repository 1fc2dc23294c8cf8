package lab

import "strings"

// GuestEnv is the environment of a guest unless it is told otherwise: small, and the same on every host.
// more (K=V strings) is added; of two settings of one variable the later stays, in the place of the first.
func GuestEnv(more ...string) []string {
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C"}
	at := make(map[string]int)
	for i, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		at[name] = i
	}
	for _, kv := range more {
		name, _, _ := strings.Cut(kv, "=")
		if i, ok := at[name]; ok {
			env[i] = kv
			continue
		}
		at[name] = len(env)
		env = append(env, kv)
	}
	return env
}
