package web

import "net/http"

func (s *Server) checklist(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) answer(http.ResponseWriter, *http.Request) error { return errNoPage }
