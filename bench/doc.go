// Package bench holds the benchmarks of lane, and the roofs they are read
// against: the FMA peak of the kernel set in use and the read bandwidth of
// each level of memory. They run on the active kernel set; only the kernels'
// own, which go through every set in turn, and those of Gemm's block sizes stand
// in the module's root, whose insides they need.
//
//	go test -bench . ./bench
//	go test -run '^$' -bench Kernels .
//	LANE_SET=portable go test -bench Gemm ./bench
//	go test -bench 'Roof|Gemm' -count 6 ./bench | tee new.txt && benchstat -col /set new.txt
//
// Beside a figure stands the fraction of its roof, measured with it: %peak of the FMA
// peak, %read of the bandwidth of reads from as much memory. Stores and exponentials
// are not reads: what does many of either stays below.
//
// Names are lists of key=value, so that benchstat can pivot on any of them. A
// benchmark sets its number of threads itself; do not pass several values to
// -cpu.
package bench
