// SPDX-License-Identifier: Apache-2.0
// The matrix extension: matrices of numbers that change in place. Linear systems are solved by
// elimination with partial pivoting, over-determined ones by Householder's QR decomposition.
// Eigenvalues, forecasts and regression are not there.
#include "models/netlogo/prims.h"

#include <math.h>

#define MAX_CELLS 4000000.0
#define CELL(m, i, j) (cells(m)[(size_t)(i) * (m)->columns + (j)])

static double *
cells(const sw_nl_matrix *m)
{
    return (double *)m->data->byte;
}

static sw_nl_matrix *
matrix_new(sw_nl_engine *e, const sw_nl_node *n, double rows, double columns)
{
    if (!(rows >= 1 && columns >= 1))
        sw_nl_fail(e, n, "A matrix must have at least one row and one column.");
    if (rows * columns > MAX_CELLS)
        sw_nl_limit(e, "This matrix is too large.");
    sw_nl_matrix *m = sw_nl_heap_alloc(e->heap, SW_NL_MATRIX, sizeof *m);
    m->rows = (uint32_t)rows;
    m->columns = (uint32_t)columns;
    size_t bytes = (size_t)m->rows * m->columns * sizeof(double);
    m->data = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *m->data + bytes);
    m->data->o.n = (uint32_t)bytes;
    return m;
}

static sw_nl_matrix *
copy_of(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_matrix *from)
{
    sw_nl_matrix *m = matrix_new(e, n, from->rows, from->columns);
    memcpy(cells(m), cells(from), from->data->o.n);
    return m;
}

static sw_nl_matrix *
as_matrix(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v)
{
    if (!sw_nl_is_object(v, SW_NL_MATRIX)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, true, false);
        sw_nl_fail(e, n, "not a matrix: %.200s", sw_nl_text_end(&t));
    }
    return sw_nl_pointer(v);
}

static sw_nl_matrix *
arg_matrix(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    return as_matrix(e, n, EV(i));
}

static uint32_t
arg_index(sw_nl_engine *e, const sw_nl_node *n, int i, uint32_t size)
{
    int32_t index = sw_nl_arg_int(e, n, i);
    if (index < 0 || (uint32_t)index >= size)
        sw_nl_fail(e, n, "%d is not a valid index: it should be from 0 to %u.", index, size - 1);
    return (uint32_t)index;
}

static double
number_of(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v)
{
    if (!sw_nl_is_number(v))
        sw_nl_wrong(e, n, SW_NL_NUM, v);
    return sw_nl_double(v);
}

// ---- Making -------------------------------------------------------------------------------------

EVAL(matrix_make_constant)
{
    double rows = sw_nl_num(e, n, 0), columns = sw_nl_num(e, n, 1), value = sw_nl_num(e, n, 2);
    sw_nl_matrix *m = matrix_new(e, n, rows, columns);
    for (size_t i = 0; i < (size_t)m->rows * m->columns; i++)
        cells(m)[i] = value;
    return sw_nl_heap_value(m);
}

EVAL(matrix_make_identity)
{
    double size = sw_nl_num(e, n, 0);
    sw_nl_matrix *m = matrix_new(e, n, size, size);
    for (uint32_t i = 0; i < m->rows; i++)
        CELL(m, i, i) = 1;
    return sw_nl_heap_value(m);
}

static sw_nl_matrix *
from_lists(sw_nl_engine *e, const sw_nl_node *n, bool columns)
{
    const sw_nl_list *outer = sw_nl_arg_list(e, n, 0), *inner = NULL;
    sw_nl_matrix *m = NULL;
    for (uint32_t i = 0; i < outer->o.n; i++) {
        sw_nl_v v = sw_nl_items(outer)[i];
        if (!sw_nl_is_list(v) || (inner != NULL && sw_nl_list_of(v)->o.n != inner->o.n))
            sw_nl_fail(e, n, "%s expected a list of lists of the same length.", n->name);
        inner = sw_nl_list_of(v);
        if (m == NULL)
            m = columns ? matrix_new(e, n, inner->o.n, outer->o.n)
                        : matrix_new(e, n, outer->o.n, inner->o.n);
        for (uint32_t j = 0; j < inner->o.n; j++) {
            double d = number_of(e, n, sw_nl_items(inner)[j]);
            *(columns ? &CELL(m, j, i) : &CELL(m, i, j)) = d;
        }
    }
    return m != NULL ? m : matrix_new(e, n, 0, 0);
}

EVAL(matrix_from_row_list)
{
    return sw_nl_heap_value(from_lists(e, n, false));
}
EVAL(matrix_from_column_list)
{
    return sw_nl_heap_value(from_lists(e, n, true));
}
EVAL(matrix_copy)
{
    return sw_nl_heap_value(copy_of(e, n, arg_matrix(e, n, 0)));
}

// ---- Parts --------------------------------------------------------------------------------------

static sw_nl_v
one_line(sw_nl_engine *e, const sw_nl_matrix *m, uint32_t which, bool column)
{
    sw_nl_list *list = sw_nl_list_new(e, column ? m->rows : m->columns);
    for (uint32_t i = 0; i < list->o.n; i++)
        sw_nl_list_fill(list)[i] = sw_nl_number(column ? CELL(m, i, which) : CELL(m, which, i));
    return sw_nl_heap_value(list);
}

static sw_nl_v
all_lines(sw_nl_engine *e, const sw_nl_matrix *m, bool columns)
{
    sw_nl_list *list = sw_nl_list_new(e, columns ? m->columns : m->rows);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v line = one_line(e, m, i, columns);
        sw_nl_list_fill(list)[i] = line;
    }
    return sw_nl_heap_value(list);
}

EVAL(matrix_to_row_list)
{
    return all_lines(e, arg_matrix(e, n, 0), false);
}
EVAL(matrix_to_column_list)
{
    return all_lines(e, arg_matrix(e, n, 0), true);
}
EVAL(matrix_get_row)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    return one_line(e, m, arg_index(e, n, 1, m->rows), false);
}
EVAL(matrix_get_column)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    return one_line(e, m, arg_index(e, n, 1, m->columns), true);
}

EVAL(matrix_get)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    uint32_t i = arg_index(e, n, 1, m->rows), j = arg_index(e, n, 2, m->columns);
    return sw_nl_number(CELL(m, i, j));
}

EXEC(matrix_set)
{
    sw_nl_matrix *m = arg_matrix(e, n, 0);
    uint32_t i = arg_index(e, n, 1, m->rows), j = arg_index(e, n, 2, m->columns);
    CELL(m, i, j) = sw_nl_num(e, n, 3);
    return SW_NL_NEXT;
}

EVAL(matrix_set_and_report)
{
    sw_nl_matrix *m = copy_of(e, n, arg_matrix(e, n, 0));
    uint32_t i = arg_index(e, n, 1, m->rows), j = arg_index(e, n, 2, m->columns);
    CELL(m, i, j) = sw_nl_num(e, n, 3);
    return sw_nl_heap_value(m);
}

static int
set_line(sw_nl_engine *e, const sw_nl_node *n, bool column)
{
    sw_nl_matrix *m = arg_matrix(e, n, 0);
    uint32_t which = arg_index(e, n, 1, column ? m->columns : m->rows);
    const sw_nl_list *list = sw_nl_arg_list(e, n, 2);
    if (list->o.n != (column ? m->rows : m->columns))
        sw_nl_fail(e, n, "The length of the list does not fit the matrix.");
    for (uint32_t i = 0; i < list->o.n; i++)
        *(column ? &CELL(m, i, which) : &CELL(m, which, i)) = number_of(e, n, sw_nl_items(list)[i]);
    return SW_NL_NEXT;
}

EXEC(matrix_set_row)
{
    return set_line(e, n, false);
}
EXEC(matrix_set_column)
{
    return set_line(e, n, true);
}

static int
swap_lines(sw_nl_engine *e, const sw_nl_node *n, bool columns)
{
    sw_nl_matrix *m = arg_matrix(e, n, 0);
    uint32_t size = columns ? m->columns : m->rows;
    uint32_t a = arg_index(e, n, 1, size), b = arg_index(e, n, 2, size);
    for (uint32_t i = 0; i < (columns ? m->rows : m->columns); i++) {
        double *x = columns ? &CELL(m, i, a) : &CELL(m, a, i);
        double *y = columns ? &CELL(m, i, b) : &CELL(m, b, i), swap = *x;
        *x = *y;
        *y = swap;
    }
    return SW_NL_NEXT;
}

EXEC(matrix_swap_rows)
{
    return swap_lines(e, n, false);
}
EXEC(matrix_swap_columns)
{
    return swap_lines(e, n, true);
}

EVAL(matrix_dimensions)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    sw_nl_list *list = sw_nl_list_new(e, 2);
    sw_nl_list_fill(list)[0] = sw_nl_number(m->rows);
    sw_nl_list_fill(list)[1] = sw_nl_number(m->columns);
    return sw_nl_heap_value(list);
}

// Rows r1 up to but without r2, and columns likewise.
EVAL(matrix_submatrix)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    uint32_t r1 = arg_index(e, n, 1, m->rows), c1 = arg_index(e, n, 2, m->columns);
    uint32_t r2 = arg_index(e, n, 3, m->rows + 1), c2 = arg_index(e, n, 4, m->columns + 1);
    sw_nl_matrix *part = matrix_new(e, n, (double)r2 - r1, (double)c2 - c1);
    for (uint32_t i = 0; i < part->rows; i++)
        for (uint32_t j = 0; j < part->columns; j++)
            CELL(part, i, j) = CELL(m, r1 + i, c1 + j);
    return sw_nl_heap_value(part);
}

// ---- Arithmetic ---------------------------------------------------------------------------------

static double
added(double a, double b)
{
    return a + b;
}
static double
subtracted(double a, double b)
{
    return a - b;
}
static double
multiplied(double a, double b)
{
    return a * b;
}

static void
check_same(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_matrix *a, const sw_nl_matrix *b)
{
    if (a->rows != b->rows || a->columns != b->columns)
        sw_nl_fail(e, n, "Matrix dimensions must agree.");
}

static sw_nl_v
elementwise(sw_nl_engine *e, const sw_nl_node *n, double (*f)(double, double))
{
    sw_nl_matrix *m = copy_of(e, n, arg_matrix(e, n, 0));
    for (int k = 1; k < n->n_args; k++) {
        const sw_nl_matrix *b = arg_matrix(e, n, k);
        check_same(e, n, m, b);
        for (size_t i = 0; i < (size_t)m->rows * m->columns; i++)
            cells(m)[i] = f(cells(m)[i], cells(b)[i]);
    }
    return sw_nl_heap_value(m);
}

EVAL(matrix_plus)
{
    return elementwise(e, n, added);
}
EVAL(matrix_minus)
{
    return elementwise(e, n, subtracted);
}
EVAL(matrix_times_element_wise)
{
    return elementwise(e, n, multiplied);
}

static sw_nl_matrix *
product(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_matrix *a, const sw_nl_matrix *b)
{
    if (a->columns != b->rows)
        sw_nl_fail(e, n, "Matrix inner dimensions must agree.");
    sw_nl_matrix *m = matrix_new(e, n, a->rows, b->columns);
    for (uint32_t i = 0; i < m->rows; i++)
        for (uint32_t j = 0; j < m->columns; j++) {
            double sum = 0;
            for (uint32_t k = 0; k < a->columns; k++)
                sum += CELL(a, i, k) * CELL(b, k, j);
            CELL(m, i, j) = sum;
        }
    return m;
}

// A number in place of a matrix multiplies each of its cells.
static sw_nl_v
mixed(sw_nl_engine *e, const sw_nl_node *n, double (*f)(double, double))
{
    sw_nl_v all = EV(0);
    for (int k = 1; k < n->n_args; k++) {
        sw_nl_v v = EV(k);
        bool number = sw_nl_is_number(all) || sw_nl_is_number(v);
        if (!number && f == multiplied) {
            all = sw_nl_heap_value(product(e, n, as_matrix(e, n, all), as_matrix(e, n, v)));
            continue;
        }
        const sw_nl_matrix *b = sw_nl_is_number(v) ? NULL : as_matrix(e, n, v);
        sw_nl_matrix *a = sw_nl_is_number(all) ? NULL : as_matrix(e, n, all);
        if (a == NULL && b == NULL)
            sw_nl_wrong(e, n, SW_NL_EXT, v);
        if (a != NULL && b != NULL)
            check_same(e, n, a, b);
        sw_nl_matrix *m = copy_of(e, n, a != NULL ? a : b);
        for (size_t i = 0; i < (size_t)m->rows * m->columns; i++)
            cells(m)[i] = f(a != NULL ? cells(a)[i] : sw_nl_double(all),
                            b != NULL ? cells(b)[i] : sw_nl_double(v));
        all = sw_nl_heap_value(m);
    }
    return all;
}

EVAL(matrix_add)
{
    return mixed(e, n, added);
}
EVAL(matrix_subtract)
{
    return mixed(e, n, subtracted);
}
EVAL(matrix_multiply)
{
    return mixed(e, n, multiplied);
}

static sw_nl_v
with_scalar(sw_nl_engine *e, const sw_nl_node *n, double (*f)(double, double))
{
    sw_nl_matrix *m = copy_of(e, n, arg_matrix(e, n, 0));
    double d = sw_nl_num(e, n, 1);
    for (size_t i = 0; i < (size_t)m->rows * m->columns; i++)
        cells(m)[i] = f(cells(m)[i], d);
    return sw_nl_heap_value(m);
}

EVAL(matrix_plus_scalar)
{
    return with_scalar(e, n, added);
}
EVAL(matrix_times_scalar)
{
    return with_scalar(e, n, multiplied);
}

// (matrix:map [[x y] -> …] m1 m2)
EVAL(matrix_map)
{
    enum { MOST = 32 };
    const sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, true);
    sw_nl_matrix *from[MOST];
    int count = n->n_args - 1;
    if (count < 1 || count > MOST)
        sw_nl_fail(e, n, "matrix:map takes 1 to %d matrices.", MOST);
    for (int k = 0; k < count; k++) {
        from[k] = arg_matrix(e, n, k + 1);
        check_same(e, n, from[0], from[k]);
    }
    sw_nl_matrix *m = copy_of(e, n, from[0]);
    for (size_t i = 0; i < (size_t)m->rows * m->columns; i++) {
        sw_nl_v args[MOST];
        for (int k = 0; k < count; k++)
            args[k] = sw_nl_number(cells(from[k])[i]);
        cells(m)[i] = number_of(e, n, sw_nl_call_reporter(e, n, f, args, (uint32_t)count));
    }
    return sw_nl_heap_value(m);
}

EVAL(matrix_transpose)
{
    const sw_nl_matrix *a = arg_matrix(e, n, 0);
    sw_nl_matrix *m = matrix_new(e, n, a->columns, a->rows);
    for (uint32_t i = 0; i < m->rows; i++)
        for (uint32_t j = 0; j < m->columns; j++)
            CELL(m, i, j) = CELL(a, j, i);
    return sw_nl_heap_value(m);
}

EVAL(matrix_trace)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    double sum = 0;
    for (uint32_t i = 0; i < m->rows && i < m->columns; i++)
        sum += CELL(m, i, i);
    return sw_nl_number(sum);
}

// ---- Linear systems -----------------------------------------------------------------------------

static void
swap_rows_of(sw_nl_matrix *m, uint32_t a, uint32_t b)
{
    for (uint32_t j = 0; a != b && j < m->columns; j++) {
        double swap = CELL(m, a, j);
        CELL(m, a, j) = CELL(m, b, j);
        CELL(m, b, j) = swap;
    }
}

// Brings a square matrix to triangular form, doing the same to b, unless NULL. Returns the
// determinant.
static double
eliminate(sw_nl_engine *e, sw_nl_matrix *a, sw_nl_matrix *b)
{
    double determinant = 1;
    for (uint32_t k = 0; k < a->rows; k++) {
        uint32_t best = k;
        for (uint32_t i = k + 1; i < a->rows; i++)
            if (fabs(CELL(a, i, k)) > fabs(CELL(a, best, k)))
                best = i;
        if (CELL(a, best, k) == 0)
            return 0;
        determinant *= (best == k ? 1 : -1) * CELL(a, best, k);
        swap_rows_of(a, k, best);
        if (b != NULL)
            swap_rows_of(b, k, best);
        for (uint32_t i = k + 1; i < a->rows; i++) {
            double by = CELL(a, i, k) / CELL(a, k, k);
            if (--e->fuel_left == 0)
                sw_nl_out_of_fuel(e);
            for (uint32_t j = k; j < a->columns; j++)
                CELL(a, i, j) -= by * CELL(a, k, j);
            for (uint32_t j = 0; b != NULL && j < b->columns; j++)
                CELL(b, i, j) -= by * CELL(b, k, j);
        }
    }
    return determinant;
}

static void
substitute(const sw_nl_matrix *a, sw_nl_matrix *b)
{
    for (uint32_t j = 0; j < b->columns; j++)
        for (uint32_t i = a->columns; i-- > 0;) {
            double sum = CELL(b, i, j);
            for (uint32_t k = i + 1; k < a->columns; k++)
                sum -= CELL(a, i, k) * CELL(b, k, j);
            CELL(b, i, j) = sum / CELL(a, i, i);
        }
}

static void
check_square(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_matrix *m)
{
    if (m->rows != m->columns)
        sw_nl_fail(e, n, "Matrix must be square.");
}

EVAL(matrix_det)
{
    sw_nl_matrix *m = copy_of(e, n, arg_matrix(e, n, 0));
    check_square(e, n, m);
    return sw_nl_finite(e, n, eliminate(e, m, NULL));
}

EVAL(matrix_inverse)
{
    sw_nl_matrix *a = copy_of(e, n, arg_matrix(e, n, 0));
    check_square(e, n, a);
    sw_nl_matrix *m = matrix_new(e, n, a->rows, a->rows);
    for (uint32_t i = 0; i < m->rows; i++)
        CELL(m, i, i) = 1;
    if (eliminate(e, a, m) == 0)
        sw_nl_fail(e, n, "Matrix is singular.");
    substitute(a, m);
    return sw_nl_heap_value(m);
}

// Reflects column k of a below row k onto the axis, and does the same to b.
static void
reflect(sw_nl_matrix *a, sw_nl_matrix *b, uint32_t k)
{
    double norm = 0;
    for (uint32_t i = k; i < a->rows; i++)
        norm = hypot(norm, CELL(a, i, k));
    if (norm == 0)
        return;
    if (CELL(a, k, k) < 0)
        norm = -norm;
    for (uint32_t i = k; i < a->rows; i++)
        CELL(a, i, k) /= norm;
    CELL(a, k, k) += 1;
    for (uint32_t pass = 0; pass < 2; pass++) {
        sw_nl_matrix *m = pass == 0 ? a : b;
        for (uint32_t j = pass == 0 ? k + 1 : 0; j < m->columns; j++) {
            double sum = 0;
            for (uint32_t i = k; i < a->rows; i++)
                sum += CELL(a, i, k) * CELL(m, i, j);
            sum = -sum / CELL(a, k, k);
            for (uint32_t i = k; i < a->rows; i++)
                CELL(m, i, j) += sum * CELL(a, i, k);
        }
    }
    CELL(a, k, k) = -norm;
}

EVAL(matrix_solve)
{
    sw_nl_matrix *a = copy_of(e, n, arg_matrix(e, n, 0)), *b = copy_of(e, n, arg_matrix(e, n, 1));
    if (a->rows != b->rows)
        sw_nl_fail(e, n, "Matrix row dimensions must agree.");
    if (a->rows < a->columns)
        sw_nl_fail(e, n, "The system has fewer equations than unknowns.");
    bool singular = a->rows == a->columns && eliminate(e, a, b) == 0;
    for (uint32_t k = 0; a->rows > a->columns && k < a->columns; k++)
        reflect(a, b, k);
    for (uint32_t k = 0; k < a->columns; k++)
        singular |= CELL(a, k, k) == 0;
    if (singular)
        sw_nl_fail(e, n, "Matrix is singular.");
    substitute(a, b);
    sw_nl_matrix *x = matrix_new(e, n, a->columns, b->columns);
    memcpy(cells(x), cells(b), x->data->o.n);
    return sw_nl_heap_value(x);
}

EVAL(matrix_pretty_print_text)
{
    const sw_nl_matrix *m = arg_matrix(e, n, 0);
    sw_nl_text t = {.e = e};
    sw_nl_text_put(&t, "[");
    for (uint32_t i = 0; i < m->rows; i++) {
        sw_nl_text_put(&t, i == 0 ? "[" : " [");
        for (uint32_t j = 0; j < m->columns; j++) {
            sw_nl_text_put(&t, "  ");
            sw_nl_dump(&t, sw_nl_number(CELL(m, i, j)), false, false);
        }
        sw_nl_text_put(&t, i + 1 < m->rows ? "  ]\n" : "  ]");
    }
    sw_nl_text_put(&t, "]");
    const char *text = sw_nl_text_end(&t);
    return sw_nl_string_new(e, text, t.n);
}
