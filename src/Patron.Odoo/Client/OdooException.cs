using Patron.Erp;

namespace Patron.Odoo.Client;

/// <summary>What went wrong with Odoo, as far as it decides what to do next.</summary>
public enum OdooFailure
{
    /// <summary>Not reached, too slow, or answering what is no answer: worth another try later.</summary>
    Away,

    /// <summary>It knows no such database or address, or accepts neither login nor key: the settings are wrong.</summary>
    Refused,

    /// <summary>The model is not there: a module that is not installed.</summary>
    NoSuchModel,

    /// <summary>A field is not there, in this version or without some module.</summary>
    NoSuchField,

    /// <summary>The robot's user lacks the right.</summary>
    Denied,

    /// <summary>Anything else that Odoo finds wrong with the call, or with a record it touches.</summary>
    Wrong,
}

/// <summary>
/// A call to Odoo that brought no answer. The message is a sentence of our own: nothing of Odoo's text, traceback or page gets into it, and never
/// the key, so it may be shown and logged.
/// </summary>
public sealed class OdooException(OdooFailure kind, string message) : ErpException(message)
{
    public OdooFailure Kind { get; } = kind;
}
