/* What the parts of the test program share. */
extern int data[4], shared; extern const char *const words[]; extern int *pointer;
int sum(int a, int b); long big(long); int viatable(int op, int x); const char *word(int i); int weakly(void); int counted(void);
extern int maybe(void) __attribute__((weak)); static inline int bit(unsigned x) { return x & 1; }
int hidden_sum(int, int) __attribute__((visibility("hidden")));
