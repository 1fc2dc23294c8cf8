module memlab

go 1.26.0
