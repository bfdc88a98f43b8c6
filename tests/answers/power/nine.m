function mpc = nine
%NINE  The nine-bus system, with everything that a case file may hold beside numbers.
% Anderson and Fouad, Power System Control and Stability (1977), example 2.6; Sauer and Pai, Power System Dynamics and Stability (1998), example 7.1 and table 7.3

%{
mpc.bus = [ this is a comment ]
%}
mpc.version = '2';
mpc.baseMVA = 100;   % MVA

%% bus data
%	bus_i	type	Pd	Qd	Gs	Bs	area	Vm	Va	baseKV	zone	Vmax	Vmin
mpc.bus = [
	1	3	0	0	0	0	1	1.04	0	16.5	1	1.1	0.9;
	2, 2, 0, 0, 0, 0, ... the rest of the row
		1 1.025 0 18 1 1.1 0.9;
	3	2	0	0	0	0	1	1.025	0	13.8	1	1.1	0.9;
	4	1	0	0	0	0	1	1	0	230	1	1.1	0.9;
	5	1	125	50	0	0	1	1	0	230	1	1.1	0.9;
	6	1	90	30	0	0	1	1	0	230	1	1.1	0.9;
	7	1	0	0	0	0	1	1	0	230	1	1.1	0.9;
	8	1	100	35	0	0	1	1	0	230	1	1.1	0.9;
	9	1	0	0	0	0	1	1	0	230	1	1.1	0.9;
];

mpc.gen = [
	1	71.641	27.046	300	-300	1.04	247.5	1	250	0	0	0	0	0	0	0	0	0	0	0	0;
	2	163	6.654	300	-300	1.025	192	1	300	0	0	0	0	0	0	0	0	0	0	0	0;
	3	85	-10.86	300	-300	1.025	128	1	270	0	0	0	0	0	0	0	0	0	0	0	0;
];

mpc.branch = [   % rows end with the line as well
	1	4	0	0.0576	0	0	0	0	1	0	1	-360	360
	2	7	0	0.0625	0	0	0	0	1	0	1	-360	360
	3	9	0	0.0586	0	0	0	0	1	0	1	-360	360
	4	5	0.01	0.085	0.176	0	0	0	0	0	1	-360	360
	4	6	0.017	0.092	0.158	0	0	0	0	0	1	-360	360
	5	7	0.032	0.161	0.306	0	0	0	0	0	1	-360	360
	6	9	0.039	0.17	0.358	0	0	0	0	0	1	-360	360
	7	8	0.0085	0.072	0.149	0	0	0	0	0	1	-360	360
	8	9	0.0119	0.1008	0.209	0	0	0	0	0	1	-360	360
];

mpc.gencost = [
	2	1500	0	3	0.11	5	150;
	2	2000	0	3	8.5e-2	1.2	600;
	2	3000	0	3	0.1225	1	335;
];
mpc.bus_name = {'one'; 'two'; 'three'};
