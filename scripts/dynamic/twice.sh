#!/lab/dynamic/greet.sh -x
