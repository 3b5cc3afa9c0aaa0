package dev.kimilinear.trainer.data.skill;

/**
 * A calculation with two numbers.
 *
 * @param operator one of {@code + - * /}
 */
record Expression(int left, char operator, int right) {

    int result() {
        return switch (operator) {
            case '+' -> left + right;
            case '-' -> left - right;
            case '*' -> left * right;
            default -> left / right;
        };
    }

    /** "12 + 345 = 357." */
    String equation() {
        return left + " " + operator + " " + right + " = " + result() + ".";
    }

    /** The same for both orders where they have the same result, so that they belong to the same split. */
    @Override
    public String toString() {
        boolean ordered = left <= right || operator == '-' || operator == '/';
        return ordered ? left + "" + operator + right : right + "" + operator + left;
    }
}
