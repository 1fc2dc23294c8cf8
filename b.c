int table[3]={1,20,300}; int *p=&table[2]; int sum(int a,int b){ return a+b+*p; }
