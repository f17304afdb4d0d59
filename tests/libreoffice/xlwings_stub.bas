Attribute VB_Name = "xlwings"
Option Explicit

' Stands for the class of xlwings in LibreOffice, which knows no #If: commands are kept, and a call
' of a worksheet function answers with what it was given, as JSON.

Private theNotes As String
Private theFault As Long
Private isCutOff As Boolean

Public Function RunPython(PythonCommand As String) As Variant
    Note PythonCommand
    RunPython = 0
End Function

Public Function XLPy() As Object
    Note "XLPy"
    If isCutOff Then Err.Raise 1000
    Set XLPy = New XLPyStub
End Function

Public Sub KillPy()
    Note "KillPy"
End Sub

' All that was asked for since the last time, one a line.
Public Function Notes() As String
    Notes = theNotes
    theNotes = ""
End Function

' From now on the server cannot be started.
Public Sub CutOff()
    isCutOff = True
End Sub

' From now on calls end with this error; 0 for none.
Public Sub SetFault(code As Variant)
    theFault = code
End Sub

Public Function FaultNow() As Long
    FaultNow = theFault
End Function

Private Sub Note(text As String)
    theNotes = theNotes & text & vbLf
End Sub
