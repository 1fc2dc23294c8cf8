#!/lab/dynamic/pie  one argument, blanks and all  
anything: a script need not be one for a shell
