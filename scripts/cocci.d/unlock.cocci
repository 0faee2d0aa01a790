// SPDX-License-Identifier: GPL-2.0-or-later
//
// A return with a lock held, in a function that gives it back on another way. The
// kernel's mini_lock.cocci knows neither the locks that keep softirqs away nor
// RCU, and an unlock that is skipped by goto escapes it.

virtual report

@lock exists@
identifier fn;
expression E;
position p;
@@

fn(...)
{
	<+...
(
	spin_lock@p(E);
	... when any
	spin_unlock(E);
|
	spin_lock_bh@p(E);
	... when any
	spin_unlock_bh(E);
|
	mutex_lock@p(E);
	... when any
	mutex_unlock(E);
|
	rcu_read_lock@p();
	... when any
	rcu_read_unlock();
|
	local_bh_disable@p();
	... when any
	local_bh_enable();
)
	...+>
}

@held exists@
expression E;
position lock.p, r;
@@

(
	spin_lock@p(E);
	... when != spin_unlock(E)
	return@r ...;
|
	spin_lock_bh@p(E);
	... when != spin_unlock_bh(E)
	return@r ...;
|
	mutex_lock@p(E);
	... when != mutex_unlock(E)
	return@r ...;
|
	rcu_read_lock@p();
	... when != rcu_read_unlock()
	return@r ...;
|
	local_bh_disable@p();
	... when != local_bh_enable()
	return@r ...;
)

@script:python depends on report@
p << lock.p;
r << held.r;
@@

coccilib.report.print_report(r[0], "ERROR: returns with what line %s locks" % p[0].line)
