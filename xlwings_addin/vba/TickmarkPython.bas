Attribute VB_Name = "TickmarkPython"
Option Explicit

' What may call xlwings' class by the names that xlwings uses. Subs only: a cell can call no Sub.

Public Sub RunPython(ByVal PythonCommand As String)
    xlwings.RunPython PythonCommand
End Sub

' On macOS Python calls this by its name when it ends, to show what went wrong.
Public Sub CleanUp()
    xlwings.CleanUp
End Sub
