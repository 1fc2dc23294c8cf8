/* One of two objects that are linked in memory: it calls into the other (prices.c) and is called from there. What it
   refers to needs all sorts of relocations, since it is compiled to be put anywhere. */
extern const int prices[];
extern int kinds;
extern const char *name_of(int kind);
int discount(int sum) __attribute__((weak));

int stock[4]; /* in common, with -fcommon */
static int changes;
int *last;

/* What is in stock is worth. */
int worth(void) {
	int sum = 0;
	for (int i = 0; i < kinds; i++) sum += stock[i] * prices[i];
	return discount ? discount(sum) : sum;
}

/* Puts pieces into stock; the number of changes so far. */
int put(int kind, int pieces) {
	last = &stock[kind];
	*last += pieces;
	return ++changes;
}

/* How long the name is that a kind has. */
int length(int kind) {
	int n = 0;
	for (const char *s = name_of(kind); *s; s++) n++;
	return n;
}

/* The kind that has this name, or -1. */
int find(const char *name) {
	for (int i = 0; i < kinds; i++) {
		const char *a = name, *b = name_of(i);
		while (*a && *a == *b) a++, b++;
		if (*a == *b) return i;
	}
	return -1;
}

/* Writes to what is constant. */
void spoil(void) { *(int *)prices = 0; }
