struct node { struct node *next; int value; };

double mean(const struct node *n)
{
	double sum = 0;
	int count = 0;
	for (; n; n = n->next, count++)
		sum += n->value;
	return count ? sum / count : 0;
}

unsigned hash(const char *s)
{
	unsigned h = 2166136261u;
	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h;
}
