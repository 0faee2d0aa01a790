// SPDX-License-Identifier: GPL-2.0-or-later
//
// What may sleep, where that is forbidden: under a spin lock, with softirqs
// kept away, in a reader of RCU; itself, or in a function of the same file that
// is called there. The debug kernel sees what the tests come by; this sees the
// ways of errors too.

virtual report

@sleeper exists@
identifier fn;
position q;
@@

fn(...)
{
	<+...
(
	GFP_KERNEL@q
|
	GFP_KERNEL_ACCOUNT@q
|
	mutex_lock@q(...)
|
	synchronize_net@q()
|
	synchronize_rcu@q()
|
	rcu_barrier@q()
|
	cond_resched@q()
|
	might_sleep@q()
|
	rtnl_lock@q()
)
	...+>
}

@inside exists@
position p;
position sleeper.q;
expression E, F;
@@

(
	spin_lock@p(E);
	... when != spin_unlock(E)
(
	GFP_KERNEL@q
|
	GFP_KERNEL_ACCOUNT@q
|
	F@q(...)
)
|
	spin_lock_bh@p(E);
	... when != spin_unlock_bh(E)
(
	GFP_KERNEL@q
|
	GFP_KERNEL_ACCOUNT@q
|
	F@q(...)
)
|
	rcu_read_lock@p();
	... when != rcu_read_unlock()
(
	GFP_KERNEL@q
|
	GFP_KERNEL_ACCOUNT@q
|
	F@q(...)
)
|
	local_bh_disable@p();
	... when != local_bh_enable()
(
	GFP_KERNEL@q
|
	GFP_KERNEL_ACCOUNT@q
|
	F@q(...)
)
)

@called exists@
identifier sleeper.fn;
position p, c;
expression E;
@@

(
	spin_lock@p(E);
	... when != spin_unlock(E)
	fn@c(...)
|
	spin_lock_bh@p(E);
	... when != spin_unlock_bh(E)
	fn@c(...)
|
	rcu_read_lock@p();
	... when != rcu_read_unlock()
	fn@c(...)
|
	local_bh_disable@p();
	... when != local_bh_enable()
	fn@c(...)
)

@script:python depends on report@
p << inside.p;
q << sleeper.q;
@@

coccilib.report.print_report(q[0], "ERROR: may sleep with what line %s locks" % p[0].line)

@script:python depends on report@
p << called.p;
c << called.c;
fn << sleeper.fn;
@@

coccilib.report.print_report(c[0], "ERROR: %s may sleep, and line %s locks" % (fn, p[0].line))
