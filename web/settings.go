package web

import "net/http"

func (s *Server) settings(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) saveSettings(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) saveMember(http.ResponseWriter, *http.Request) error { return errNoPage }
