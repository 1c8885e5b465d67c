using Patron.Erp;

namespace Patron.Odoo.Client;

/// <summary>The kind of a failure, as far as callers handle it differently.</summary>
public enum OdooFailure
{
    /// <summary>Not reachable, too slow, or an invalid response: worth a retry later.</summary>
    Unavailable,

    /// <summary>Unknown database or URL, or login or key rejected: the settings are wrong.</summary>
    Refused,

    /// <summary>The model does not exist: its module is not installed.</summary>
    NoSuchModel,

    /// <summary>A field does not exist in this version or without some module.</summary>
    NoSuchField,

    /// <summary>Patron's user in Odoo lacks the right.</summary>
    Denied,

    /// <summary>Any other error of the call, or of a record that it reads.</summary>
    Failed,
}

/// <summary>
/// A failed call to Odoo. The message is our own sentence without text, traceback or page of Odoo's and without the key, so it can be shown
/// and logged.
/// </summary>
public sealed class OdooException(OdooFailure kind, string message) : ErpException(message)
{
    public OdooFailure Kind { get; } = kind;
}
