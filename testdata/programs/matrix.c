/* matrix [N]: the product of two N x N matrices of floats (default 48) and a checksum of it. Column accesses to the
 * second matrix make it a classic for page and TLB locality. */
#include <stdio.h>
#include <stdlib.h>

enum { most = 128 };
static float a[most * most], b[most * most], c[most * most];

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 48;
  if (n < 1 || n > most) {
    fprintf(stderr, "matrix: N must be from 1 to %d\n", most);
    return 2;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      a[i * n + j] = (float)(i + j % 5);
      b[i * n + j] = (float)(i % 7) - (float)j * 0.25f;
    }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  double trace = 0, total = 0;
  for (int i = 0; i < n; i++) {
    trace += c[i * n + i];
    for (int j = 0; j < n; j++) total += c[i * n + j];
  }
  printf("matrix %d: trace %.3f total %.3f\n", n, trace, total);
  return 0;
}
