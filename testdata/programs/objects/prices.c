/* The other of two objects that are linked in memory; see stock.c. */
extern int worth(void);
const int prices[] = {3, 50, 700, 9};
int kinds = 4;
static const char *const names[] = {"nail", "hammer", "saw", "glue"};

const char *name_of(int kind) { return names[kind]; }

double mean(double a, double b) { return (a + b) / 2; }

int main(void) { return worth() & 127; }
