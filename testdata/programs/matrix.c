/* matrix [N]: the product of two N x N matrices of doubles (default 48) and a checksum of it. Column accesses to the
 * second matrix make it a classic for page and TLB locality. */
#include <stdio.h>
#include <stdlib.h>

static double a[128][128], b[128][128], c[128][128];

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 48;
  if (n < 1 || n > 128) {
    fprintf(stderr, "matrix: N must be from 1 to 128\n");
    return 2;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      a[i][j] = i + j * 0.5;
      b[i][j] = i - j * 0.25;
    }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  double trace = 0, total = 0;
  for (int i = 0; i < n; i++) {
    trace += c[i][i];
    for (int j = 0; j < n; j++) total += c[i][j];
  }
  printf("matrix %d: trace %.3f total %.3f\n", n, trace, total);
  return 0;
}
