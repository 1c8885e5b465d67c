namespace Patron.OdooStandIn.Server;

/// <summary>The fault of a server, or of a proxy before it.</summary>
public enum Fault
{
    /// <summary>502 with a page of the proxy.</summary>
    BadGateway,

    /// <summary>500 with a page of Odoo itself.</summary>
    HtmlError,

    /// <summary>200 with a page: a maintenance notice.</summary>
    HtmlAnswer,

    /// <summary>200 with half of some JSON.</summary>
    BadJson,

    /// <summary>The connection is closed.</summary>
    DropConnection,

    /// <summary>No response until the client gives up.</summary>
    Hang,

    /// <summary>An exception of Odoo: the database is overloaded.</summary>
    BusyDatabase,
}
