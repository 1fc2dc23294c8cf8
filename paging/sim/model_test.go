package sim

import "reflect"

func same(a, b Result) bool { return reflect.DeepEqual(a, b) }
