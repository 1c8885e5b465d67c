namespace Patron.OdooStandIn.Models;

/// <summary>An exception of Odoo: its Python name and message, and its status in JSON-2.</summary>
internal sealed class OdooError(string name, string message, int status) : Exception(message)
{
    public string Name => name;

    public int Status => status;

    public static OdooError Denied() => new("odoo.exceptions.AccessDenied", "Access Denied", 401);

    public static OdooError Access(string message) => new("odoo.exceptions.AccessError", message, 403);

    public static OdooError User(string message) => new("odoo.exceptions.UserError", message, 422);

    public static OdooError Value(string message) => new("builtins.ValueError", message, 500);

    public static OdooError Validation(string message) => new("odoo.exceptions.ValidationError", message, 422);

    public static OdooError NotFound(string message) => new("werkzeug.exceptions.NotFound", message, 404);

    public static OdooError Unprocessable(string message) => new("werkzeug.exceptions.UnprocessableEntity", message, 422);

    public static OdooError NoDatabase(string name) =>
        new("psycopg2.OperationalError", $"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"{name}\" does not exist\n", 500);
}
