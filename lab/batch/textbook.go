package batch

import "errors"

func textbook(o *object) (any, error) {
	return nil, errors.New("wait")
}
