// SPDX-License-Identifier: Apache-2.0
// Expressions: a recursive descent parser to postfix operations, and the stack that runs them.
#include "lib/study/expression.h"

#include "lib/base/memory.h"

#include <ctype.h>
#include <math.h>

enum { TEXT_MAX = 2000, OPERATIONS_MAX = 500, DEPTH_MAX = 30, STACK_MAX = 64 };

typedef enum op {
    OP_NUMBER,
    OP_PARAMETER,
    OP_OR,
    OP_AND,
    OP_LESS,
    OP_AT_MOST,
    OP_GREATER,
    OP_AT_LEAST,
    OP_EQUAL,
    OP_DIFFERENT,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_MIN,
    OP_MAX,
    OP_NEGATE,
    OP_NOT,
    OP_ABS,
    OP_SQRT,
    OP_EXP,
    OP_LOG,
    OP_FLOOR,
} op;

#define FIRST_UNARY OP_NEGATE

typedef struct operation {
    op op;
    double number;
    size_t parameter;
} operation;

struct sw_expression {
    size_t n;
    operation v[OPERATIONS_MAX];
};

static const struct {
    const char *name;
    op op;
} functions[] = {
    {"abs", OP_ABS}, {"sqrt", OP_SQRT},   {"exp", OP_EXP}, {"log", OP_LOG},
    {"min", OP_MIN}, {"floor", OP_FLOOR}, {"max", OP_MAX},
};

// ---- parsing ----

typedef struct parser {
    const char *text, *at;
    const sw_descriptor *model;
    const char *pointer;
    sw_faults *faults;
    sw_expression *e;
    size_t depth, stack;
    bool failed;
} parser;

static void
refuse(parser *p, const char *why)
{
    if (!p->failed)
        sw_fault_add(p->faults, p->pointer, "column %zu: %s", (size_t)(p->at - p->text) + 1, why);
    p->failed = true;
}

static void
emit(parser *p, operation o)
{
    if (p->e->n == OPERATIONS_MAX) {
        refuse(p, "too many operations");
        return;
    }
    p->stack += o.op <= OP_PARAMETER;
    p->stack -= o.op > OP_PARAMETER && o.op < FIRST_UNARY;
    if (p->stack > STACK_MAX)
        refuse(p, "needs too many intermediate values");
    p->e->v[p->e->n++] = o;
}

static void
skip_space(parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool
take(parser *p, const char *token)
{
    skip_space(p);
    size_t n = strlen(token);
    if (p->failed || strncmp(p->at, token, n) != 0)
        return false;
    p->at += n;
    return true;
}

static void parse_or(parser *p);

static void
need(parser *p, const char *token, const char *why)
{
    if (!take(p, token))
        refuse(p, why);
}

static void
parse_call(parser *p, op function)
{
    parse_or(p);
    if (function < FIRST_UNARY) {
        need(p, ",", "min and max take two values, separated by a comma");
        parse_or(p);
    }
    need(p, ")", "a ) is missing");
    if (!p->failed)
        emit(p, (operation){.op = function});
}

static void
emit_parameter(parser *p, const char *name)
{
    long j = sw_descriptor_parameter(p->model, name);
    if (j < 0)
        refuse(p, "no parameter of the model has this name");
    else if (p->model->parameters[j].kind == SW_TEXT)
        refuse(p, "a parameter that is a text can not be used");
    else
        emit(p, (operation){.op = OP_PARAMETER, .parameter = (size_t)j});
}

static void
parse_name(parser *p)
{
    size_t n = 0;
    while (isalnum((unsigned char)p->at[n]) || (p->at[n] && strchr("_.?%:", p->at[n])))
        n++;
    sw_auto(free) char *name = sw_strndup(p->at, n);
    for (size_t k = 0; k < sw_countof(functions); k++) {
        if (strcmp(functions[k].name, name) == 0 && p->at[n] == '(') {
            p->at += n + 1;
            parse_call(p, functions[k].op);
            return;
        }
    }
    emit_parameter(p, name);
    p->at += n;
}

static void
parse_quoted(parser *p)
{
    const char *end = strchr(p->at, '`');
    if (!end) {
        refuse(p, "a ` is missing");
        return;
    }
    sw_auto(free) char *name = sw_strndup(p->at, (size_t)(end - p->at));
    emit_parameter(p, name);
    p->at = end + 1;
}

static void
parse_atom(parser *p)
{
    skip_space(p);
    if (take(p, "(")) {
        parse_or(p);
        need(p, ")", "a ) is missing");
    } else if (take(p, "`")) {
        parse_quoted(p);
    } else if (isdigit((unsigned char)*p->at) || *p->at == '.') {
        char *end;
        double v = strtod(p->at, &end);
        if (end == p->at || !isfinite(v))
            refuse(p, "not a finite number");
        else
            emit(p, (operation){.op = OP_NUMBER, .number = v});
        p->at = end;
    } else if (isalpha((unsigned char)*p->at) || *p->at == '_') {
        parse_name(p);
    } else {
        refuse(p, *p->at ? "a number, a name or ( is expected" : "something is missing at the end");
    }
}

static void parse_unary(parser *p);

// Binds closer than a sign before it, as in mathematics: -x^2 is -(x^2); and 2^-x is 2^(-x).
static void
parse_power(parser *p)
{
    parse_atom(p);
    if (!take(p, "^"))
        return;
    if (++p->depth > DEPTH_MAX)
        refuse(p, "nested too deep");
    else
        parse_unary(p);
    p->depth--;
    if (!p->failed)
        emit(p, (operation){.op = OP_POWER});
}

static void
parse_unary(parser *p)
{
    skip_space(p);
    op o = *p->at == '-' ? OP_NEGATE : OP_NOT;
    if (*p->at != '-' && (*p->at != '!' || p->at[1] == '=')) {
        parse_power(p);
        return;
    }
    p->at++;
    if (++p->depth > DEPTH_MAX)
        refuse(p, "nested too deep");
    else
        parse_unary(p);
    p->depth--;
    if (!p->failed)
        emit(p, (operation){.op = o});
}

// One level of operators that group from the left.
static void
parse_level(parser *p, void (*inner)(parser *), const char *const *tokens, const op *ops)
{
    inner(p);
    for (size_t k = 0; !p->failed && tokens[k];) {
        if (!take(p, tokens[k])) {
            k++;
            continue;
        }
        inner(p);
        if (!p->failed)
            emit(p, (operation){.op = ops[k]});
        k = 0;
    }
}

static void
parse_product(parser *p)
{
    parse_level(p, parse_unary, (const char *const[]){"*", "/", NULL},
                (const op[]){OP_MULTIPLY, OP_DIVIDE});
}

static void
parse_sum(parser *p)
{
    parse_level(p, parse_product, (const char *const[]){"+", "-", NULL},
                (const op[]){OP_ADD, OP_SUBTRACT});
}

static void
parse_compare(parser *p)
{
    static const char *const tokens[] = {"<=", ">=", "==", "!=", "<", ">"};
    static const op ops[] = {OP_AT_MOST, OP_AT_LEAST, OP_EQUAL, OP_DIFFERENT, OP_LESS, OP_GREATER};
    parse_sum(p);
    for (size_t k = 0; k < sw_countof(tokens); k++) {
        if (take(p, tokens[k])) {
            parse_sum(p);
            if (!p->failed)
                emit(p, (operation){.op = ops[k]});
            return;
        }
    }
}

static void
parse_and(parser *p)
{
    parse_level(p, parse_compare, (const char *const[]){"&&", NULL}, (const op[]){OP_AND});
}

static void
parse_or(parser *p)
{
    if (++p->depth > DEPTH_MAX)
        refuse(p, "nested too deep");
    else
        parse_level(p, parse_and, (const char *const[]){"||", NULL}, (const op[]){OP_OR});
    p->depth--;
}

sw_expression *
sw_expression_new(const char *text, const sw_descriptor *model, const char *pointer,
                  sw_faults *faults)
{
    if (strlen(text) > TEXT_MAX) {
        sw_fault_add(faults, pointer, "must be at most %d bytes long", TEXT_MAX);
        return NULL;
    }
    sw_expression *e = sw_calloc(1, sizeof *e);
    parser p = {text, text, model, pointer, faults, e, 0, 0, false};
    parse_or(&p);
    skip_space(&p);
    if (*p.at)
        refuse(&p, "an operator or the end is expected");
    if (p.failed) {
        free(e);
        return NULL;
    }
    return e;
}

void
sw_expression_free(sw_expression *e)
{
    free(e);
}

bool
sw_expression_uses(const sw_expression *e, size_t j)
{
    for (size_t k = 0; k < e->n; k++) {
        if (e->v[k].op == OP_PARAMETER && e->v[k].parameter == j)
            return true;
    }
    return false;
}

// ---- values ----

static double
of_one(op o, double a)
{
    switch (o) {
    case OP_NEGATE:
        return -a;
    case OP_NOT:
        return a == 0;
    case OP_ABS:
        return fabs(a);
    case OP_SQRT:
        return sqrt(a);
    case OP_EXP:
        return exp(a);
    case OP_LOG:
        return log(a);
    default:
        return floor(a);
    }
}

static double
compared(op o, double a, double b)
{
    switch (o) {
    case OP_OR:
        return a != 0 || b != 0;
    case OP_AND:
        return a != 0 && b != 0;
    case OP_LESS:
        return a < b;
    case OP_AT_MOST:
        return a <= b;
    case OP_GREATER:
        return a > b;
    case OP_AT_LEAST:
        return a >= b;
    case OP_EQUAL:
        return a == b;
    default:
        return a != b;
    }
}

static double
of_two(op o, double a, double b)
{
    switch (o) {
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_MULTIPLY:
        return a * b;
    case OP_DIVIDE:
        return a / b;
    case OP_POWER:
        return pow(a, b);
    case OP_MIN:
        return fmin(a, b);
    case OP_MAX:
        return fmax(a, b);
    default:
        return compared(o, a, b);
    }
}

// NOLINTBEGIN(clang-analyzer-core.*): the parser made sure that operands precede their operators.
double
sw_expression_value(const sw_expression *e, double *const *columns, size_t i)
{
    double stack[STACK_MAX + 1];
    size_t n = 0;
    for (size_t k = 0; k < e->n; k++) {
        const operation *o = &e->v[k];
        if (o->op == OP_NUMBER)
            stack[n++] = o->number;
        else if (o->op == OP_PARAMETER)
            stack[n++] = columns[o->parameter][i];
        else if (o->op >= FIRST_UNARY)
            stack[n - 1] = of_one(o->op, stack[n - 1]);
        else
            n--, stack[n - 1] = of_two(o->op, stack[n - 1], stack[n]);
    }
    return stack[0];
}
// NOLINTEND(clang-analyzer-core.*)
