__includes [ "a" "b.nls" ]
to go tick end
@#$#@#$#@
GRAPHICS-WINDOW
250
10
755
516
-1
-1
7.0
1
10
1
1
1
0
1
1
1
-35
35
-35
35
1
1
1
ticks
30.0

SLIDER
11
106
234
139
population
population
1
max-pxcor * 10
300.0
1
1
NIL
HORIZONTAL

SWITCH
70
245
220
278
show-age?
show-age?
1
1
-1000

CHOOSER
249
538
756
583
question
question
"0 \"None\"" true 6.5 [1 "b" [2]]
3

INPUTBOX
14
407
193
467
file
history\n"x".csv
1
0
String

PLOT
15
375
267
539
Populations
weeks
people
0.0
52.0
0.0
200.0
true
true
"set a \"b\"" ""
PENS
"sick" 1.0 0 -2674135 true "" "plot count turtles with [ sick? ]"
"immune" 0.5 2 -7500403 false "" "plot 1\nplot 2"

MONITOR
28
328
103
373
NIL
%infected
1
1
11

BUTTON
10
59
87
92
NIL
go
T
1
T
OBSERVER
NIL
NIL
NIL
NIL
1

TEXTBOX
1
2
3
4
note
11
0.0
1

OUTPUT
816
419
1321
473
12

@#$#@#$#@
## WHAT IS IT?
@#$#@#$#@
default
true
0
Polygon -7500403 true true 150 5 40 250

wolf
false
0
@#$#@#$#@
NetLogo 6.4.0
@#$#@#$#@
setup
@#$#@#$#@
0.001
    org.nlogo.sdm.gui.AggregateDrawing 4
        org.nlogo.sdm.gui.StockFigure "attributes" "attributes" 1 "FillColor" "Color" 225 225 182 264 97 60 40
            org.nlogo.sdm.gui.WrappedStock "sheep" "100" 1
        org.nlogo.sdm.gui.ReservoirFigure "attributes" "attributes" 1 "FillColor" "Color" 192 192 192 87 102 30 30
        org.nlogo.sdm.gui.RateConnection 3 117 117 184 117 252 117 NULL NULL 0 0 0
            org.jhotdraw.figures.ChopEllipseConnector REF 3
            org.jhotdraw.standard.ChopBoxConnector REF 1
            org.nlogo.sdm.gui.WrappedRate "rate * sheep" "births"
                org.nlogo.sdm.gui.WrappedReservoir  REF 2 0
        org.nlogo.sdm.gui.ConverterFigure "attributes" "attributes" 1 "FillColor" "Color" 120 188 182 287 176 50 50
            org.nlogo.sdm.gui.WrappedConverter "0.04" "rate"
@#$#@#$#@
<experiments>
  <experiment name="one" repetitions="2" runMetricsEveryStep="true">
    <setup>setup</setup>
    <go>go</go>
    <timeLimit steps="2"/>
    <exitCondition>ticks &gt; 2</exitCondition>
    <metric>count turtles</metric>
    <enumeratedValueSet variable="a"><value value="1"/><value value="&quot;x&quot;"/></enumeratedValueSet>
    <steppedValueSet variable="b" first="0.1" step="0.1" last="1"/>
  </experiment>
</experiments>
@#$#@#$#@
@#$#@#$#@
default
0.0
-0.2 0 0.0 1.0
0.0 1 1.0 0.0
0.2 0 0.0 1.0
link direction
true
0
@#$#@#$#@
0
@#$#@#$#@
